#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/manual_event_loop.h"
#include "tests/upstream/budget/limited_upstream.h"
#include "upstream/budget/budget.h"

namespace wriftai {
namespace {

using sandbox::RateLimiter;

// A budget that is asked for more than there is, for minutes of virtual time,
// against an upstream that counts.
class BudgetLoad : public ::testing::TestWithParam<int> {
 protected:
  void Start(RateLimiter::Options options, double rate = 3) {
    upstream_ = std::make_unique<LimitedUpstream>(
        options, event_loop_, static_cast<uint64_t>(GetParam()));
    budget_ = std::make_unique<Budget>(rate, event_loop_);
    Poll();
  }

  // As many polls as are granted.
  void Poll() {
    poll_ = budget_->AcquirePoll([this](Permit permit) {
      upstream_->Send(std::move(permit));
      // The handle of the claim that is being granted.
      const CallHandle granted = std::move(poll_);
      Poll();
    });
  }

  // A call now and then, about one in `seconds`.
  void CallEach(double seconds) {
    calls_ = event_loop_.RunAt(
        event_loop_.Now() + absl::Seconds(2 * seconds * random_.Uniform()),
        [this, seconds] {
          asked_at_ = event_loop_.Now();
          call_ = budget_->Acquire(
              absl::InfiniteFuture(), [this](absl::StatusOr<Permit> permit) {
                ASSERT_TRUE(permit.ok()) << permit.status();
                longest_wait_ =
                    std::max(longest_wait_, event_loop_.Now() - asked_at_);
                upstream_->Send(*std::move(permit));
              });
          CallEach(seconds);
        });
  }

  // Another consumer, evenly, from now on.
  void OtherEach(absl::Duration interval) {
    other_ = event_loop_.RunAt(event_loop_.Now() + interval, [this, interval] {
      upstream_->SendFromOther();
      OtherEach(interval);
    });
  }

  ManualEventLoop event_loop_;
  Random random_{static_cast<uint64_t>(GetParam())};
  std::unique_ptr<Budget> budget_;
  std::unique_ptr<LimitedUpstream> upstream_;  // Holds permits.
  CallHandle poll_;
  CallHandle call_;
  TimerHandle calls_;
  TimerHandle other_;
  absl::Time asked_at_;
  absl::Duration longest_wait_;
};

TEST_P(BudgetLoad, PollsUseUpAWindowedLimitWithoutA429) {
  Start({});
  event_loop_.Advance(absl::Seconds(200));
  EXPECT_EQ(upstream_->limited(), 0);
  EXPECT_GE(upstream_->answered(), 3 * 200 * 0.97);
}

TEST_P(BudgetLoad, PollsUseUpARefillingLimitWithoutA429) {
  RateLimiter::Options options;
  options.burst = 3;
  Start(options);
  event_loop_.Advance(absl::Seconds(200));
  EXPECT_EQ(upstream_->limited(), 0);
  EXPECT_GE(upstream_->answered(), 3 * 200 * 0.97);
}

TEST_P(BudgetLoad, ASlowNetworkCostsNo429) {
  Start({});
  upstream_->latency = absl::Milliseconds(120);
  event_loop_.Advance(absl::Seconds(200));
  EXPECT_EQ(upstream_->limited(), 0);
  EXPECT_GE(upstream_->answered(), 3 * 200 * 0.95);
}

TEST_P(BudgetLoad, WithoutHeadersPollsAreSpaced) {
  Start({});
  upstream_->headers = false;
  event_loop_.Advance(absl::Seconds(200));
  EXPECT_LE(upstream_->limited(), 2);
  EXPECT_GE(upstream_->answered(), 3 * 200 * 0.9);
}

TEST_P(BudgetLoad, AResetInSecondsFromNowServesAsWell) {
  Start({});
  upstream_->reset_as_delta = true;
  event_loop_.Advance(absl::Seconds(200));
  EXPECT_LE(upstream_->limited(), 2);
  EXPECT_GE(upstream_->answered(), 3 * 200 * 0.6);
}

TEST_P(BudgetLoad, CallsFindRoomBetweenPolls) {
  Start({});
  CallEach(2);
  event_loop_.Advance(absl::Seconds(300));
  EXPECT_EQ(upstream_->limited(), 0);
  // What the issue of ten thousand waiters asks for: 400 ms and one place.
  EXPECT_LE(longest_wait_, absl::Milliseconds(733));
}

TEST_P(BudgetLoad, HalfTheBudgetIsLeftToAnotherConsumer) {
  Start({});
  event_loop_.Advance(absl::Milliseconds(900 + 37 * GetParam()));
  OtherEach(absl::Seconds(2) / 3);
  // Three windows to notice: only every other one shows two requests.
  event_loop_.Advance(absl::Seconds(3));
  const int64_t before = upstream_->limited();
  event_loop_.Advance(absl::Seconds(200));
  EXPECT_EQ(upstream_->limited(), before);
  // Of the three one is ours for certain, and one of two is left alone.
  EXPECT_GE(upstream_->answered(), 150);
}

TEST_P(BudgetLoad, HalfOfALargerBudgetIsLeftToAnotherConsumer) {
  RateLimiter::Options options;
  options.read_rate = 10;
  Start(options, 10);
  OtherEach(absl::Milliseconds(200));
  event_loop_.Advance(absl::Seconds(3));
  const int64_t before = upstream_->limited();
  const int64_t answered = upstream_->answered();
  event_loop_.Advance(absl::Seconds(100));
  EXPECT_EQ(upstream_->limited(), before);
  EXPECT_GE(upstream_->answered() - answered, 5 * 100 * 0.75);
}

TEST_P(BudgetLoad, ARefillingLimitIsSharedWithAnotherConsumer) {
  RateLimiter::Options options;
  options.burst = 3;
  Start(options);
  event_loop_.Advance(absl::Milliseconds(900 + 37 * GetParam()));
  OtherEach(absl::Seconds(2) / 3);
  event_loop_.Advance(absl::Seconds(201));
  // What is left comes rounded down, so that the other is followed, not known.
  EXPECT_LE(upstream_->limited(), 4);
  EXPECT_GE(upstream_->answered(), 100);
}

TEST_P(BudgetLoad, ARequestThatIsTakenBackIsNotTakenForAnotherConsumer) {
  Start({});
  event_loop_.Advance(absl::Seconds(10));
  for (int i = 0; i < 1000 && !upstream_->busy(); ++i) {
    event_loop_.Advance(absl::Milliseconds(1));
  }
  ASSERT_TRUE(upstream_->busy());
  upstream_->DropReplies();
  event_loop_.Advance(absl::Seconds(2));
  const int64_t before = upstream_->answered();
  event_loop_.Advance(absl::Seconds(20));
  EXPECT_GE(upstream_->answered() - before, 58);
  EXPECT_EQ(upstream_->limited(), 0);
}

TEST_P(BudgetLoad, ALargeBurstIsLearnt) {
  RateLimiter::Options options;
  options.burst = 20;
  Start(options);
  CallEach(1);
  event_loop_.Advance(absl::Seconds(200));
  EXPECT_EQ(upstream_->limited(), 0);
  EXPECT_GE(upstream_->answered(), 3 * 200 * 0.97);
  EXPECT_LE(longest_wait_, absl::Milliseconds(20));
}

TEST_P(BudgetLoad, ALimitThatIsRaisedIsUsed) {
  RateLimiter::Options options;
  options.read_rate = 9;
  Start(options);
  event_loop_.Advance(absl::Seconds(100));
  EXPECT_EQ(upstream_->limited(), 0);
  EXPECT_GE(upstream_->answered(), 9 * 100 * 0.95);
}

TEST_P(BudgetLoad, ALimitThatIsLoweredIsKept) {
  RateLimiter::Options options;
  options.read_rate = 1;
  Start(options);
  // Three windows to notice: only every other one shows two requests.
  event_loop_.Advance(absl::Seconds(3));
  const int64_t before = upstream_->limited();
  event_loop_.Advance(absl::Seconds(100));
  EXPECT_EQ(upstream_->limited(), before);
  EXPECT_GE(upstream_->answered(), 90);
}

INSTANTIATE_TEST_SUITE_P(Seeds, BudgetLoad, ::testing::Range(1, 21));

}  // namespace
}  // namespace wriftai
