#include "upstream/budget/budget.h"

#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/status_matchers.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// One request per second, without headers.
class BudgetTest : public ::testing::Test {
 protected:
  // A waiting call. Its result goes to `granted_` or `failed_`.
  CallHandle Acquire(const std::string& name,
                     absl::Duration timeout = absl::InfiniteDuration()) {
    return budget_.Acquire(event_loop_.Now() + timeout,
                           [this, name](absl::StatusOr<Permit> permit) {
                             if (permit.ok()) {
                               granted_.push_back(name);
                               permit->OnResponse(RateLimit(), false);
                             } else {
                               failed_.push_back(permit.status());
                             }
                           });
  }

  void UseUp() {
    auto permit = budget_.TryAcquire(Priority::kCall);
    ASSERT_TRUE(permit.has_value());
    permit->OnResponse(RateLimit(), false);
  }

  ManualEventLoop event_loop_;
  Budget budget_{1, event_loop_};
  std::vector<std::string> granted_;
  std::vector<absl::Status> failed_;
};

TEST_F(BudgetTest, GrantsOneAtOnceAndThenOnePerSecond) {
  UseUp();
  EXPECT_FALSE(budget_.TryAcquire(Priority::kCall).has_value());
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_TRUE(budget_.TryAcquire(Priority::kCall).has_value());
}

TEST_F(BudgetTest, GrantsOnlyFromLoop) {
  const CallHandle call = Acquire("a");
  EXPECT_THAT(granted_, IsEmpty());
  event_loop_.RunPosted();
  EXPECT_THAT(granted_, ElementsAre("a"));
}

// Their requests then leave together, and the loop still looks at its sockets
// in between.
TEST_F(BudgetTest, GrantsUpTo64CallsInOneTask) {
  Budget budget(std::numeric_limits<double>::infinity(), event_loop_);
  budget.Pause(event_loop_.Now() + absl::Seconds(1));
  int granted = 0;
  int granted_by_first_task = 0;
  std::vector<CallHandle> calls;
  for (int i = 0; i < 100; ++i) {
    calls.push_back(budget.Acquire(
        absl::InfiniteFuture(), [&](absl::StatusOr<Permit> permit) {
          permit->OnResponse(RateLimit(), false);
          if (++granted > 1) return;
          event_loop_.Post([&] { granted_by_first_task = granted; });
        }));
  }
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(granted_by_first_task, 64);
  EXPECT_EQ(granted, 100);
}

TEST_F(BudgetTest, GrantsCallsByDeadlineThenAge) {
  UseUp();
  const CallHandle calls[] = {
      Acquire("late", absl::Seconds(20)), Acquire("never", absl::Hours(1)),
      Acquire("soon", absl::Seconds(10)), Acquire("later", absl::Seconds(20))};
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_THAT(granted_, ElementsAre("soon", "late", "later", "never"));
}

TEST_F(BudgetTest, RejectsCallAtOnceIfNoPermitBeforeDeadline) {
  UseUp();
  const CallHandle call = Acquire("a", absl::Milliseconds(500));
  EXPECT_THAT(failed_, IsEmpty()) << "before Acquire() has returned";
  event_loop_.RunPosted();
  ASSERT_THAT(failed_,
              ElementsAre(StatusIs(
                  absl::StatusCode::kResourceExhausted,
                  "the rate limit of this token is exhausted until after "
                  "the call's deadline")));
  EXPECT_EQ(ReasonOf(failed_[0]), v1::BUDGET_EXHAUSTED);
  const auto info = GetDetail<google::rpc::ErrorInfo>(failed_[0]);
  EXPECT_EQ(info->domain(), kGatewayDomain);
  ASSERT_TRUE(RetryDelay(failed_[0]).has_value());
  EXPECT_NEAR(absl::ToDoubleSeconds(*RetryDelay(failed_[0])), 1, 0.001);
  EXPECT_EQ(budget_.stats().rejected, 1);
}

TEST_F(BudgetTest, BoundsQueueByMaxQueueTime) {
  UseUp();
  std::vector<CallHandle> calls;
  for (int i = 0; i < 100; ++i) calls.push_back(Acquire("a"));
  event_loop_.RunPosted();
  EXPECT_EQ(failed_.size(), 70u);
  EXPECT_EQ(budget_.stats().queued, 30);
  event_loop_.Advance(Budget::kMaxQueueTime + absl::Seconds(1));
  EXPECT_EQ(granted_.size(), 30u);
}

TEST_F(BudgetTest, EndsOvertakenCallAtItsDeadline) {
  UseUp();
  const CallHandle first = Acquire("first", absl::Milliseconds(1500));
  event_loop_.Advance(absl::Milliseconds(999));
  // A 429 of another request delays it beyond its deadline.
  const CallHandle sooner =
      budget_.Acquire(event_loop_.Now() + absl::Milliseconds(100),
                      [](absl::StatusOr<Permit> permit) {
                        ASSERT_THAT(permit, IsOk());
                        RateLimit rate;
                        rate.reset_after = absl::Seconds(5);
                        permit->OnResponse(rate, true);
                      });
  event_loop_.Advance(absl::Milliseconds(500));
  EXPECT_THAT(failed_, IsEmpty());
  event_loop_.Advance(absl::Milliseconds(1));
  ASSERT_THAT(failed_, ElementsAre(StatusIs(
                           absl::StatusCode::kDeadlineExceeded,
                           "the deadline passed before the call was sent")));
  EXPECT_EQ(ReasonOf(failed_[0]), v1::DEADLINE_EXCEEDED);
}

TEST_F(BudgetTest, DoesNotNotifyCallAfterHandleIsDropped) {
  UseUp();
  CallHandle waiting = Acquire("waiting");
  CallHandle rejected = Acquire("rejected", absl::Milliseconds(1));
  waiting.reset();
  rejected.reset();
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_THAT(granted_, IsEmpty());
  EXPECT_THAT(failed_, IsEmpty());
  EXPECT_EQ(budget_.stats().queued, 0);
}

TEST_F(BudgetTest, GrantsPollAfterPatienceUnderManyCalls) {
  UseUp();
  std::vector<CallHandle> calls;
  TimerHandle timer;
  std::function<void()> flood = [&] {
    calls.push_back(Acquire("call"));
    timer =
        event_loop_.RunAt(event_loop_.Now() + absl::Milliseconds(500), flood);
  };
  flood();
  CallHandle poll = budget_.AcquirePoll([&](Permit permit) {
    granted_.push_back("poll");
    permit.OnResponse(RateLimit(), false);
    const CallHandle done = std::move(poll);
  });
  event_loop_.Advance(absl::Seconds(5.5));
  // Its patience is four requests.
  EXPECT_THAT(granted_, ElementsAre("call", "call", "call", "call", "poll"));
}

TEST_F(BudgetTest, GrantsCallsBeforePollWithinPatience) {
  UseUp();
  CallHandle poll = budget_.AcquirePoll([&](Permit permit) {
    granted_.push_back("poll");
    permit.OnResponse(RateLimit(), false);
    const CallHandle done = std::move(poll);
  });
  const CallHandle call = Acquire("call");
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_THAT(granted_, ElementsAre("call", "poll"));
}

TEST_F(BudgetTest, DoesNotGrantPollAfterHandleIsDropped) {
  UseUp();
  CallHandle poll = budget_.AcquirePoll([&](Permit) { FAIL(); });
  poll.reset();
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(budget_.stats().polls, 0);
}

TEST_F(BudgetTest, PollTakesFreePermitAtOnceUnlessCallWaits) {
  const CallHandle call = Acquire("a");
  EXPECT_FALSE(budget_.TryAcquire(Priority::kPoll).has_value());
  event_loop_.RunPosted();
  EXPECT_THAT(granted_, ElementsAre("a"));
  EXPECT_FALSE(budget_.TryAcquire(Priority::kPoll).has_value());
  event_loop_.Advance(absl::Seconds(2));
  EXPECT_TRUE(budget_.TryAcquire(Priority::kPoll).has_value());
  EXPECT_EQ(budget_.stats().polls, 1);
}

TEST_F(BudgetTest, SpareRequestWaitsForThePollThatWaits) {
  RateLimit rate;
  rate.limit = 3;
  rate.remaining = 2;
  rate.reset_after = absl::Seconds(1);
  rate.reset_is_time = true;
  budget_.TryAcquire(Priority::kPoll)->OnResponse(rate, false);
  // Its slot in the window comes later.
  CallHandle poll = budget_.AcquirePoll([&](Permit) { FAIL(); });
  EXPECT_FALSE(budget_.TryAcquire(Priority::kSpare).has_value());
  poll.reset();
  EXPECT_TRUE(budget_.TryAcquire(Priority::kSpare).has_value());
}

TEST_F(BudgetTest, ReusesReleasedPermit) {
  auto permit = budget_.TryAcquire(Priority::kCall);
  ASSERT_TRUE(permit.has_value());
  EXPECT_FALSE(budget_.TryAcquire(Priority::kCall).has_value());
  permit->Release();
  EXPECT_FALSE(static_cast<bool>(*permit));
  EXPECT_EQ(budget_.stats().outstanding, 0);
  EXPECT_TRUE(budget_.TryAcquire(Priority::kCall).has_value());
}

TEST_F(BudgetTest, CountsLostPermitButNotAsOutstanding) {
  auto permit = budget_.TryAcquire(Priority::kCall);
  EXPECT_EQ(budget_.stats().outstanding, 1);
  permit.reset();
  EXPECT_EQ(budget_.stats().outstanding, 0);
  EXPECT_FALSE(budget_.TryAcquire(Priority::kCall).has_value());
}

// With a limit of three per second, three requests that hang until their
// timeout do not block the windows.
TEST_F(BudgetTest, HangingRequestsDoNotUseUpLaterWindows) {
  RateLimit rate;
  rate.limit = 3;
  rate.reset_is_time = true;
  std::vector<Permit> hanging;
  int granted = 0;
  for (int second = 0; second < 10; ++second) {
    for (int tick = 0, used = 0; tick < 20; ++tick) {
      event_loop_.Advance(absl::Milliseconds(50));
      auto permit = budget_.TryAcquire(Priority::kCall);
      if (!permit.has_value()) continue;
      ++used;
      if (second > 1 && hanging.size() < 3) {
        hanging.push_back(*std::move(permit));
        continue;
      }
      rate.remaining = 3 - used;
      rate.reset_after = absl::Milliseconds(50) * (20 - tick);
      permit->OnResponse(rate, false);
      if (second >= 6) ++granted;
    }
  }
  ASSERT_EQ(hanging.size(), 3u);
  EXPECT_GE(granted, 8);
  EXPECT_EQ(budget_.stats().outstanding, 3);
  hanging.clear();
  EXPECT_EQ(budget_.stats().outstanding, 0);
}

// The limit may apply to the polled resource alone.
TEST_F(BudgetTest, RetryAfterOfPollPausesForASecondAndDoubles) {
  RateLimit retry_after;
  retry_after.reset_after = retry_after.retry_after = absl::Seconds(20);
  retry_after.reset_is_retry_after = true;
  const auto poll_limited = [&] {
    CallHandle poll = budget_.AcquirePoll([&](Permit permit) {
      permit.OnResponse(retry_after, true);
      const CallHandle done = std::move(poll);
    });
    event_loop_.Advance(absl::Seconds(2));
  };
  poll_limited();
  EXPECT_EQ(budget_.stats().rate, 1) << "not 1 in 20 s";
  poll_limited();
  EXPECT_EQ(budget_.stats().polls, 2);
  EXPECT_TRUE(budget_.TryAcquire(Priority::kCall).has_value())
      << "2 s after the second";
}

TEST_F(BudgetTest, PausesForFullRetryAfterIfAllPollsAreLimited) {
  RateLimit retry_after;
  retry_after.reset_after = retry_after.retry_after = absl::Seconds(20);
  retry_after.reset_is_retry_after = true;
  int limited = 0;
  std::function<void()> poll_again;
  CallHandle poll;
  poll_again = [&] {
    poll = budget_.AcquirePoll([&](Permit permit) {
      const CallHandle done = std::move(poll);
      permit.OnResponse(retry_after, true);
      ++limited;
      poll_again();
    });
  };
  poll_again();
  event_loop_.Advance(absl::Minutes(2));
  // 1, 2, 4, 8, 16, then 20 seconds each.
  EXPECT_GE(limited, 5 + 4);
  EXPECT_LE(limited, 6 + 5);
}

TEST_F(BudgetTest, RetryAfterOfOnePollDoesNotPauseIfOthersSucceed) {
  int limited = 0;
  for (int second = 0; second < 20; ++second) {
    CallHandle poll = budget_.AcquirePoll([&](Permit permit) {
      RateLimit rate;
      rate.reset_after = rate.retry_after = absl::Seconds(20);
      rate.reset_is_retry_after = second % 2 == 0;
      if (second % 2 == 0) ++limited;
      permit.OnResponse(second % 2 == 0 ? rate : RateLimit(), second % 2 == 0);
      const CallHandle done = std::move(poll);
    });
    event_loop_.Advance(absl::Seconds(second < 2 ? 3 : 2.5));
  }
  EXPECT_EQ(limited, 10);
  EXPECT_EQ(budget_.stats().polls, 20);
}

TEST_F(BudgetTest, RetryAfterOfCallPausesInFull) {
  RateLimit retry_after;
  retry_after.reset_after = retry_after.retry_after = absl::Seconds(20);
  retry_after.reset_is_retry_after = true;
  auto permit = budget_.TryAcquire(Priority::kCall);
  ASSERT_TRUE(permit.has_value());
  permit->OnResponse(retry_after, true);
  event_loop_.Advance(absl::Seconds(19));
  EXPECT_FALSE(budget_.TryAcquire(Priority::kCall).has_value());
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_TRUE(budget_.TryAcquire(Priority::kCall).has_value());
}

TEST_F(BudgetTest, LateResponseUpdatesOnlyLimit) {
  auto permit = budget_.TryAcquire(Priority::kCall);
  ASSERT_TRUE(permit.has_value());
  event_loop_.Advance(Budget::kMaxTransit);
  EXPECT_EQ(budget_.stats().outstanding, 1);
  RateLimit rate;
  rate.limit = 7;
  rate.remaining = 0;
  rate.reset_after = absl::Minutes(1);
  permit->OnResponse(rate, false);
  EXPECT_EQ(budget_.stats().outstanding, 0);
  EXPECT_EQ(budget_.stats().limit, 7);
  EXPECT_TRUE(budget_.TryAcquire(Priority::kCall).has_value());
}

TEST_F(BudgetTest, MoveAssignmentReportsOldPermitAsLost) {
  Budget unlimited(std::numeric_limits<double>::infinity(), event_loop_);
  Permit permit = *unlimited.TryAcquire(Priority::kCall);
  permit = *unlimited.TryAcquire(Priority::kCall);
  EXPECT_EQ(unlimited.stats().outstanding, 1);
}

TEST_F(BudgetTest, PausesUntilResetOf429) {
  RateLimit rate;
  rate.reset_after = absl::Seconds(7);
  budget_.TryAcquire(Priority::kCall)->OnResponse(rate, true);
  const CallHandle call = Acquire("call");
  event_loop_.Advance(absl::Seconds(7) - absl::Nanoseconds(1));
  EXPECT_THAT(granted_, IsEmpty());
  event_loop_.Advance(absl::Nanoseconds(1));
  EXPECT_THAT(granted_, ElementsAre("call"));
  EXPECT_EQ(budget_.stats().limited_by_self, 1);
}

TEST_F(BudgetTest, GrantsAllAtOnceWithoutLimit) {
  Budget unlimited(std::numeric_limits<double>::infinity(), event_loop_);
  for (int i = 0; i < 1000; ++i) {
    auto permit = unlimited.TryAcquire(Priority::kCall);
    ASSERT_TRUE(permit.has_value());
    permit->OnResponse(RateLimit(), false);
  }
  EXPECT_EQ(unlimited.stats().calls, 1000);
}

}  // namespace
}  // namespace wriftai
