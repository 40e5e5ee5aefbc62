#include "upstream/budget/grant_guard.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/credential.h"
#include "base/secret.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/status_matchers.h"
#include "upstream/budget/budget.h"
#include "upstream/budget/budget_registry.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr absl::StatusCode kUnavailable = absl::StatusCode::kUnavailable;

class FakeGuard : public GrantGuard {
 public:
  explicit FakeGuard(const absl::StatusOr<absl::Time>& from) : from_(from) {}
  absl::StatusOr<absl::Time> GrantsFrom() const override { return from_; }

 private:
  const absl::StatusOr<absl::Time>& from_;
};

// Ten requests per second, which the guard allows.
class GrantGuardTest : public ::testing::Test {
 protected:
  CallHandle Acquire(absl::Duration timeout = absl::InfiniteDuration()) {
    return budget_.Acquire(
        event_loop_.Now() + timeout,
        [this](absl::StatusOr<Permit> permit) { OnResult(std::move(permit)); });
  }
  void OnResult(absl::StatusOr<Permit> permit) {
    results_.push_back(permit.status());
    if (permit.ok()) permit->OnResponse(RateLimit(), false);
  }
  CallHandle AcquirePoll() {
    return budget_.AcquirePoll([this](Permit permit) {
      ++polls_;
      permit.OnResponse(RateLimit(), false);
    });
  }
  void UseUp() {
    while (auto permit = budget_.TryAcquire(Priority::kCall)) {
      permit->OnResponse(RateLimit(), false);
    }
  }

  ManualEventLoop event_loop_;
  absl::StatusOr<absl::Time> from_ = absl::InfinitePast();
  FakeGuard guard_{from_};
  Budget budget_{10, event_loop_, 1, &guard_};
  std::vector<absl::Status> results_;
  int polls_ = 0;
};

TEST_F(GrantGuardTest, NothingIsGrantedBeforeItsTime) {
  from_ = event_loop_.Now() + absl::Seconds(2);
  const CallHandle call = Acquire();
  const CallHandle poll = AcquirePoll();
  EXPECT_FALSE(budget_.TryAcquire(Priority::kCall).has_value());
  EXPECT_FALSE(budget_.TryAcquire(Priority::kSpare).has_value());
  event_loop_.Advance(absl::Seconds(2) - absl::Nanoseconds(1));
  EXPECT_THAT(results_, IsEmpty());
  EXPECT_EQ(polls_, 0);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_THAT(results_, ElementsAre(IsOk()));
  EXPECT_EQ(polls_, 1);
}

TEST_F(GrantGuardTest, IsAskedAgainAtTheTimeOfTheGrant) {
  from_ = event_loop_.Now() + absl::Seconds(1);
  const CallHandle call = Acquire();
  from_ = event_loop_.Now() + absl::Seconds(2);
  event_loop_.Advance(absl::Seconds(2) - absl::Nanoseconds(1));
  EXPECT_THAT(results_, IsEmpty());
  event_loop_.Advance(absl::Nanoseconds(1));
  EXPECT_THAT(results_, ElementsAre(IsOk()));
}

TEST_F(GrantGuardTest, CallThatCannotWaitForItsTimeIsRejectedAtOnce) {
  from_ = event_loop_.Now() + absl::Seconds(2);
  const CallHandle call = Acquire(absl::Seconds(1));
  event_loop_.RunPosted();
  EXPECT_THAT(results_,
              ElementsAre(StatusIs(absl::StatusCode::kResourceExhausted)));
}

TEST_F(GrantGuardTest, CallExpiresWhileItWaitsForItsTime) {
  from_ = event_loop_.Now() + absl::Seconds(1);
  const CallHandle call = Acquire(absl::Seconds(2));
  from_ = event_loop_.Now() + absl::Seconds(9);
  event_loop_.Advance(absl::Seconds(2));
  EXPECT_THAT(results_,
              ElementsAre(StatusIs(absl::StatusCode::kDeadlineExceeded)));
}

TEST_F(GrantGuardTest, ErrorEndsWaitingCallsFromTheLoop) {
  UseUp();
  const CallHandle calls[] = {Acquire(), Acquire(absl::Seconds(9))};
  from_ = absl::UnavailableError("no owner");
  budget_.OnGuardChanged();
  EXPECT_THAT(results_, IsEmpty());
  event_loop_.RunPosted();
  EXPECT_THAT(results_, ElementsAre(StatusIs(kUnavailable, "no owner"),
                                    StatusIs(kUnavailable, "no owner")));
  EXPECT_EQ(budget_.stats().queued, 0);
}

TEST_F(GrantGuardTest, ErrorThatNobodyReportsEndsCallsWhenTheirTurnComes) {
  UseUp();
  const CallHandle call = Acquire();
  from_ = absl::UnavailableError("not certain");
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_THAT(results_, ElementsAre(StatusIs(kUnavailable, "not certain")));
}

TEST_F(GrantGuardTest, ErrorRejectsNewCallsFromTheLoop) {
  from_ = absl::UnavailableError("no owner");
  EXPECT_FALSE(budget_.TryAcquire(Priority::kCall).has_value());
  const CallHandle call = Acquire();
  EXPECT_THAT(results_, IsEmpty());
  event_loop_.RunPosted();
  EXPECT_THAT(results_, ElementsAre(StatusIs(kUnavailable, "no owner")));
  EXPECT_EQ(budget_.stats().rejected, 1);
}

TEST_F(GrantGuardTest, PollWaitsThroughAnErrorWithoutATimer) {
  from_ = absl::UnavailableError("no owner");
  const CallHandle poll = AcquirePoll();
  event_loop_.Advance(absl::Hours(1));
  EXPECT_EQ(polls_, 0);
  EXPECT_EQ(event_loop_.NextTimer(), std::nullopt);
  from_ = event_loop_.Now() + absl::Seconds(3);
  budget_.OnGuardChanged();
  event_loop_.Advance(absl::Seconds(3) - absl::Nanoseconds(1));
  EXPECT_EQ(polls_, 0);
  event_loop_.Advance(absl::Nanoseconds(1));
  EXPECT_EQ(polls_, 1);
}

TEST_F(GrantGuardTest, CallsOfAnEndedCallAreRejectedToo) {
  UseUp();
  CallHandle again;
  const CallHandle call = budget_.Acquire(
      absl::InfiniteFuture(),
      [&](const absl::StatusOr<Permit>&) { again = Acquire(); });
  from_ = absl::UnavailableError("no owner");
  budget_.OnGuardChanged();
  event_loop_.RunPosted();
  EXPECT_THAT(results_, ElementsAre(StatusIs(kUnavailable, "no owner")));
}

TEST(GuardedRegistryTest, EachCredentialHasItsGuard) {
  ManualEventLoop event_loop;
  const auto alice = std::make_shared<const Credential>(Secret("alice"));
  const auto bob = std::make_shared<const Credential>(Secret("bob"));
  absl::StatusOr<absl::Time> from_alice = absl::InfinitePast();
  absl::StatusOr<absl::Time> from_bob = absl::UnavailableError("not here");
  BudgetRegistry registry(
      BudgetRegistry::Rates(), event_loop, [&](const Credential& credential) {
        return std::make_unique<FakeGuard>(
            credential.key() == alice->key() ? from_alice : from_bob);
      });
  const auto budget = registry.For(bob);
  EXPECT_TRUE(
      registry.For(alice)->creates.TryAcquire(Priority::kCall).has_value());
  int granted = 0;
  const CallHandle reads =
      budget->reads.AcquirePoll([&](const Permit&) { ++granted; });
  const CallHandle creates =
      budget->creates.AcquirePoll([&](const Permit&) { ++granted; });
  event_loop.Advance(absl::Seconds(1));
  EXPECT_EQ(granted, 0);
  from_bob = absl::InfinitePast();
  registry.OnGuardChanged(alice->key());
  event_loop.Advance(absl::Seconds(1));
  EXPECT_EQ(granted, 0);
  registry.OnGuardChanged(bob->key());
  event_loop.RunPosted();
  EXPECT_EQ(granted, 2);
}

}  // namespace
}  // namespace wriftai
