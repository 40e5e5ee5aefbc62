// Tests that each kind of upstream fault leaves unrelated waits alone.

#include <cstddef>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/upstream/watch/many_waits.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::SizeIs;

const absl::Status kServerError = absl::UnavailableError("500");

absl::Status Undecodable() {
  return GatewayError(absl::StatusCode::kInternal,
                      v1::UPSTREAM_RESPONSE_INVALID, "not JSON");
}

absl::Status Limited(absl::Duration retry_after) {
  absl::Status status = absl::ResourceExhaustedError("429");
  SetRetryDelay(retry_after, status);
  return status;
}

class WaitFaultsTest : public ManyWaitsTest {
 protected:
  // Watches a healthy id, and 3 s later `count` ids that fail with `failure`.
  // Returns the updates of the healthy one in the minute after that.
  size_t UpdatesWithFailingIds(int count, const absl::Status& failure) {
    Waiter& healthy = Subscribe(AddPredictions(1)[0]);
    event_loop_.Advance(absl::Seconds(3));
    for (const std::string& id : AddPredictions(count)) {
      upstream_.Fail(id, failure);
      upstream_.HideOnPages(id);
      Subscribe(id);
    }
    return UpdatesOf(healthy, absl::Minutes(1));
  }

  bool BreakerIsOpen() const {
    bool open = false;
    registry_.ForEach([&](const CredentialWatches& watches) {
      open = watches.polls().upstream_is_down();
    });
    return open;
  }
};

TEST_F(WaitFaultsTest, OneFailingIdDoesNotAffectOthers) {
  EXPECT_GE(UpdatesWithFailingIds(1, kServerError), 55u);
}

TEST_F(WaitFaultsTest, TwoFailingIdsDoNotAffectOthers) {
  EXPECT_GE(UpdatesWithFailingIds(2, kServerError), 55u);
  EXPECT_FALSE(BreakerIsOpen());
}

TEST_F(WaitFaultsTest, FiftyFailingIdsLeaveOthersTheirShare) {
  EXPECT_GE(UpdatesWithFailingIds(50, kServerError), 40u);
  EXPECT_FALSE(BreakerIsOpen());
}

TEST_F(WaitFaultsTest, FiveHundredFailingIdsLeaveOthersTheirShare) {
  EXPECT_GE(UpdatesWithFailingIds(500, kServerError), 20u);
  // Once each failing id has been polled, more of the budget is left.
  event_loop_.Advance(absl::Minutes(4));
  EXPECT_GE(UpdatesOf(*waiters_[0], absl::Minutes(1)), 50u);
}

TEST_F(WaitFaultsTest, UndecodableIdsDoNotAffectOthers) {
  EXPECT_GE(UpdatesWithFailingIds(2, Undecodable()), 55u);
}

TEST_F(WaitFaultsTest, RateLimitedIdLeavesOthersMostOfTheTime) {
  EXPECT_GE(UpdatesWithFailingIds(1, Limited(absl::Seconds(1))), 50u);
}

TEST_F(WaitFaultsTest, HangingIdsLeaveOthersTheirShare) {
  Waiter& healthy = Subscribe(AddPredictions(1)[0]);
  event_loop_.Advance(absl::Seconds(3));
  for (const std::string& id : AddPredictions(100)) {
    upstream_.Hang(id);
    upstream_.HideOnPages(id);
    Subscribe(id);
  }
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_GE(UpdatesOf(healthy, absl::Minutes(1)), 40u);
  EXPECT_FALSE(BreakerIsOpen());
}

TEST_F(WaitFaultsTest, HangingPagesDoNotStopTheirPredictions) {
  SubscribeAll(AddPredictions(20));
  event_loop_.Advance(absl::Seconds(10));
  upstream_.set_pages_hang(true);
  event_loop_.Advance(absl::Seconds(5));
  for (int i = 0; i < 6; ++i) {
    EXPECT_GE(UpdatesOf(*waiters_[0], absl::Seconds(20)), 1u);
  }
}

TEST_F(WaitFaultsTest, FailingPagesUseLittleBudget) {
  SubscribeAll(AddPredictions(20));
  event_loop_.Advance(absl::Seconds(10));
  for (const absl::Status& failure :
       {kServerError, Undecodable(), absl::PermissionDeniedError("403"),
        Limited(absl::Seconds(1))}) {
    upstream_.set_page_failure(failure);
    const int64_t lists = upstream_.lists();
    const int64_t gets = upstream_.gets();
    event_loop_.Advance(absl::Minutes(2));
    EXPECT_LE(upstream_.lists() - lists, 15) << failure;
    // Any 429 slows down the whole token.
    EXPECT_GE(upstream_.gets() - gets,
              absl::IsResourceExhausted(failure) ? 100 : 250)
        << failure;
    EXPECT_FALSE(BreakerIsOpen());
    upstream_.set_page_failure(absl::OkStatus());
    event_loop_.Advance(absl::Minutes(11));
  }
}

TEST_F(WaitFaultsTest, PagesContinueWhileAllGetsFail) {
  const std::vector<std::string> ids = AddPredictions(20);
  for (const std::string& id : ids) upstream_.Fail(id, kServerError);
  SubscribeAll(ids);
  event_loop_.Advance(absl::Seconds(10));
  for (const auto& waiter : waiters_) {
    EXPECT_GE(UpdatesOf(*waiter, absl::Seconds(10)), 2u);
  }
}

TEST_F(WaitFaultsTest, HealthyNewIdAmongOnlyFailingIdsIsUpdatedSoon) {
  for (int count : {1, 2, 50}) {
    for (const std::string& id : AddPredictions(count)) {
      upstream_.Fail(id, kServerError);
      upstream_.HideOnPages(id);
      Subscribe(id);
    }
    event_loop_.Advance(absl::Minutes(3));
    Waiter& healthy = Subscribe(AddPredictions(1)[0]);
    EXPECT_GE(UpdatesOf(healthy, absl::Seconds(3)), 1u) << count;
    EXPECT_GE(UpdatesOf(healthy, absl::Seconds(20)), 12u) << count;
    healthy.subscription.reset();
  }
}

TEST_F(WaitFaultsTest, HealthyIdSubscribedWithFailingIdsIsUpdatedSoon) {
  const std::vector<std::string> ids = AddPredictions(40);
  for (size_t i = 0; i < ids.size(); ++i) {
    upstream_.HideOnPages(ids[i]);
    if (i != 37) upstream_.Fail(ids[i], kServerError);
  }
  SubscribeAll(ids);
  event_loop_.Advance(absl::Seconds(50));
  EXPECT_THAT(waiters_[37]->observer.statuses, SizeIs(Ge(3u)));
}

TEST_F(WaitFaultsTest, DetectsOutageAndRecovery) {
  const std::vector<std::string> ids = AddPredictions(10);
  SubscribeAll(ids);
  for (const std::string& id : ids) upstream_.HideOnPages(id);
  event_loop_.Advance(absl::Seconds(20));
  upstream_.set_outage(kServerError);
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_TRUE(BreakerIsOpen());
  // Failing items do not keep the breaker open.
  for (int i = 0; i < 9; ++i) upstream_.Fail(ids[i], kServerError);
  upstream_.set_outage(absl::OkStatus());
  event_loop_.Advance(absl::Minutes(2));
  EXPECT_FALSE(BreakerIsOpen());
  EXPECT_GE(UpdatesOf(*waiters_[9], absl::Seconds(30)), 20u);
}

TEST_F(WaitFaultsTest, SendsNoSparePollsToUpstreamThatIsDown) {
  for (const std::string& id : AddPredictions(20)) {
    Subscribe(id, absl::Seconds(30));
  }
  // Between two polls of each, which take seven seconds.
  event_loop_.Advance(absl::Seconds(40));
  upstream_.set_outage(kServerError);
  while (!BreakerIsOpen()) ASSERT_TRUE(event_loop_.AdvanceToNextTimer());
  const int64_t before = upstream_.reads();
  // The first probe is due after half of the interval or more.
  event_loop_.Advance(absl::Seconds(14));
  EXPECT_EQ(upstream_.reads(), before);
}

TEST_F(WaitFaultsTest, ProbesHangingUpstreamRarely) {
  const std::vector<std::string> ids = AddPredictions(50);
  SubscribeAll(ids);
  event_loop_.Advance(absl::Seconds(20));
  for (const std::string& id : ids) upstream_.Hang(id);
  upstream_.set_pages_hang(true);
  event_loop_.Advance(absl::Minutes(3));
  EXPECT_TRUE(BreakerIsOpen());
  const int64_t before = upstream_.reads();
  event_loop_.Advance(absl::Minutes(2));
  EXPECT_THAT(upstream_.reads() - before, AllOf(Ge(2), Le(24)));
}

TEST_F(WaitFaultsTest, PermanentErrorEndsOnlyItsOwnWait) {
  for (const absl::Status& failure :
       {Undecodable(), GatewayError(absl::StatusCode::kResourceExhausted,
                                    v1::PAYMENT_REQUIRED, "402")}) {
    Waiter& healthy = Subscribe(AddPredictions(1)[0]);
    const std::string id = AddPredictions(1)[0];
    upstream_.Fail(id, failure);
    Waiter& wrong = Subscribe(id);
    event_loop_.Advance(absl::Seconds(20));
    EXPECT_THAT(wrong.observer.errors, ElementsAre(failure));
    EXPECT_THAT(upstream_.GetsOf(id), SizeIs(4));
    EXPECT_THAT(healthy.observer.errors, IsEmpty());
    EXPECT_THAT(healthy.observer.statuses, SizeIs(Ge(18u)));
  }
}

TEST_F(WaitFaultsTest, PermanentErrorOfAllEndsAllWaits) {
  const std::vector<std::string> ids = AddPredictions(60);
  for (const std::string& id : ids) upstream_.Fail(id, Undecodable());
  upstream_.set_page_failure(Undecodable());
  SubscribeAll(ids);
  event_loop_.Advance(absl::Minutes(2));
  for (const auto& waiter : waiters_) {
    EXPECT_THAT(waiter->observer.errors, ElementsAre(Undecodable()));
  }
}

TEST_F(WaitFaultsTest, ServerErrorEndsNoWait) {
  const std::string id = AddPredictions(1)[0];
  upstream_.Fail(id, kServerError);
  Waiter& waiter = Subscribe(id);
  event_loop_.Advance(absl::Hours(1));
  EXPECT_THAT(waiter.observer.errors, IsEmpty());
  upstream_.Fail(id, absl::OkStatus());
  event_loop_.Advance(kMaxPollDelay);
  EXPECT_THAT(waiter.observer.statuses, SizeIs(Ge(1u)));
}

TEST_F(WaitFaultsTest, SuccessResetsCountOfPermanentErrors) {
  const std::string id = AddPredictions(1)[0];
  Waiter& waiter = Subscribe(id);
  for (int round = 0; round < 5; ++round) {
    event_loop_.Advance(absl::Seconds(3));
    upstream_.Fail(id, Undecodable());
    const size_t before = upstream_.GetsOf(id).size();
    while (upstream_.GetsOf(id).size() < before + 3) {
      event_loop_.Advance(absl::Milliseconds(100));
    }
    event_loop_.Advance(absl::Milliseconds(100));
    upstream_.Fail(id, absl::OkStatus());
    event_loop_.Advance(absl::Seconds(10));
  }
  EXPECT_THAT(waiter.observer.errors, IsEmpty());
}

}  // namespace
}  // namespace wriftai
