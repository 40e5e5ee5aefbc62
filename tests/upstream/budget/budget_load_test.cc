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

// A budget under more demand than capacity, for minutes of virtual time,
// against an upstream that enforces its limit.
class BudgetLoadTest : public ::testing::TestWithParam<int> {
 protected:
  void Start(RateLimiter::Options options, double rate = 3) {
    upstream_ = std::make_unique<LimitedUpstream>(
        options, event_loop_, static_cast<uint64_t>(GetParam()));
    budget_ = std::make_unique<Budget>(rate, event_loop_);
    Poll();
  }

  // Polls as often as granted.
  void Poll() {
    poll_ = budget_->AcquirePoll([this](Permit permit) {
      upstream_->Send(std::move(permit));
      // The handle of the permit being granted.
      const CallHandle granted = std::move(poll_);
      Poll();
    });
  }

  // Calls at random, one per `seconds` on average.
  void CallEach(double seconds) {
    calls_ = event_loop_.RunAt(
        event_loop_.Now() + absl::Seconds(2 * seconds * random_.Uniform()),
        [this, seconds] {
          requested_at_ = event_loop_.Now();
          call_ = budget_->Acquire(
              absl::InfiniteFuture(), [this](absl::StatusOr<Permit> permit) {
                ASSERT_TRUE(permit.ok()) << permit.status();
                max_wait_ =
                    std::max(max_wait_, event_loop_.Now() - requested_at_);
                upstream_->Send(*std::move(permit));
              });
          CallEach(seconds);
        });
  }

  // Another consumer, evenly spaced, from now on.
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
  absl::Time requested_at_;
  absl::Duration max_wait_;
};

TEST_P(BudgetLoadTest, PollsUseUpWindowedLimitWithout429) {
  Start({});
  event_loop_.Advance(absl::Seconds(200));
  EXPECT_EQ(upstream_->limited(), 0);
  EXPECT_GE(upstream_->succeeded(), 3 * 200 * 0.97);
}

TEST_P(BudgetLoadTest, PollsUseUpTokenBucketWithout429) {
  RateLimiter::Options options;
  options.burst = 3;
  Start(options);
  event_loop_.Advance(absl::Seconds(200));
  EXPECT_EQ(upstream_->limited(), 0);
  EXPECT_GE(upstream_->succeeded(), 3 * 200 * 0.97);
}

TEST_P(BudgetLoadTest, SlowNetworkCausesNo429) {
  Start({});
  upstream_->latency = absl::Milliseconds(120);
  event_loop_.Advance(absl::Seconds(200));
  EXPECT_EQ(upstream_->limited(), 0);
  EXPECT_GE(upstream_->succeeded(), 3 * 200 * 0.95);
}

TEST_P(BudgetLoadTest, SpacesPollsWithoutHeaders) {
  Start({});
  upstream_->headers = false;
  event_loop_.Advance(absl::Seconds(200));
  EXPECT_LE(upstream_->limited(), 2);
  EXPECT_GE(upstream_->succeeded(), 3 * 200 * 0.9);
}

TEST_P(BudgetLoadTest, AcceptsResetInSecondsFromNow) {
  Start({});
  upstream_->reset_as_delta = true;
  event_loop_.Advance(absl::Seconds(200));
  EXPECT_LE(upstream_->limited(), 2);
  EXPECT_GE(upstream_->succeeded(), 3 * 200 * 0.6);
}

TEST_P(BudgetLoadTest, CallsGoBetweenPolls) {
  Start({});
  CallEach(2);
  event_loop_.Advance(absl::Seconds(300));
  EXPECT_EQ(upstream_->limited(), 0);
  // The target for ten thousand waiters: 400 ms and one poll slot.
  EXPECT_LE(max_wait_, absl::Milliseconds(733));
}

TEST_P(BudgetLoadTest, LeavesHalfToAnotherConsumer) {
  Start({});
  event_loop_.Advance(absl::Milliseconds(900 + 37 * GetParam()));
  OtherEach(absl::Seconds(2) / 3);
  // Detection takes three windows: only every other one has two requests.
  event_loop_.Advance(absl::Seconds(3));
  const int64_t before = upstream_->limited();
  event_loop_.Advance(absl::Seconds(200));
  EXPECT_EQ(upstream_->limited(), before);
  // One of three is always ours, and of the other two one is left alone.
  EXPECT_GE(upstream_->succeeded(), 150);
}

TEST_P(BudgetLoadTest, LeavesHalfOfLargerLimitToAnotherConsumer) {
  RateLimiter::Options options;
  options.read_rate = 10;
  Start(options, 10);
  OtherEach(absl::Milliseconds(200));
  event_loop_.Advance(absl::Seconds(3));
  const int64_t before = upstream_->limited();
  const int64_t succeeded = upstream_->succeeded();
  event_loop_.Advance(absl::Seconds(100));
  EXPECT_EQ(upstream_->limited(), before);
  EXPECT_GE(upstream_->succeeded() - succeeded, 5 * 100 * 0.75);
}

TEST_P(BudgetLoadTest, SharesTokenBucketWithAnotherConsumer) {
  RateLimiter::Options options;
  options.burst = 3;
  Start(options);
  event_loop_.Advance(absl::Milliseconds(900 + 37 * GetParam()));
  OtherEach(absl::Seconds(2) / 3);
  event_loop_.Advance(absl::Seconds(201));
  // Remaining requests are rounded down, so use by others is estimated.
  EXPECT_LE(upstream_->limited(), 4);
  EXPECT_GE(upstream_->succeeded(), 100);
}

TEST_P(BudgetLoadTest, DoesNotAttributeCancelledRequestsToOthers) {
  Start({});
  event_loop_.Advance(absl::Seconds(10));
  for (int i = 0; i < 1000 && !upstream_->busy(); ++i) {
    event_loop_.Advance(absl::Milliseconds(1));
  }
  ASSERT_TRUE(upstream_->busy());
  upstream_->CancelRequests();
  event_loop_.Advance(absl::Seconds(2));
  const int64_t before = upstream_->succeeded();
  event_loop_.Advance(absl::Seconds(20));
  EXPECT_GE(upstream_->succeeded() - before, 58);
  EXPECT_EQ(upstream_->limited(), 0);
}

TEST_P(BudgetLoadTest, UsesLargeBurst) {
  RateLimiter::Options options;
  options.burst = 20;
  Start(options);
  CallEach(1);
  event_loop_.Advance(absl::Seconds(200));
  EXPECT_EQ(upstream_->limited(), 0);
  EXPECT_GE(upstream_->succeeded(), 3 * 200 * 0.97);
  EXPECT_LE(max_wait_, absl::Milliseconds(20));
}

TEST_P(BudgetLoadTest, UsesRaisedLimit) {
  RateLimiter::Options options;
  options.read_rate = 9;
  Start(options);
  event_loop_.Advance(absl::Seconds(100));
  EXPECT_EQ(upstream_->limited(), 0);
  EXPECT_GE(upstream_->succeeded(), 9 * 100 * 0.95);
}

TEST_P(BudgetLoadTest, RespectsLoweredLimit) {
  RateLimiter::Options options;
  options.read_rate = 1;
  Start(options);
  // Detection takes three windows: only every other one has two requests.
  event_loop_.Advance(absl::Seconds(3));
  const int64_t before = upstream_->limited();
  event_loop_.Advance(absl::Seconds(100));
  EXPECT_EQ(upstream_->limited(), before);
  EXPECT_GE(upstream_->succeeded(), 90);
}

INSTANTIATE_TEST_SUITE_P(Seeds, BudgetLoadTest, ::testing::Range(1, 21));

}  // namespace
}  // namespace wriftai
