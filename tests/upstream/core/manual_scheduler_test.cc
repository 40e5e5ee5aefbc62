#include "tests/support/manual_scheduler.h"

#include <memory>
#include <thread>
#include <vector>

#include "gmock/gmock.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ManualSchedulerTest : public testing::Test {
 protected:
  Scheduler::Task Mark(int mark) {
    return [this, mark] { ran_.push_back(mark); };
  }
  absl::Time After(int seconds) const {
    return scheduler_->Now() + absl::Seconds(seconds);
  }

  std::vector<int> ran_;
  std::optional<ManualScheduler> scheduler_{std::in_place};
};

TEST_F(ManualSchedulerTest, NothingRunsUntilItIsTold) {
  scheduler_->Post(Mark(1));
  const TimerHandle due = scheduler_->PostAt(After(0), Mark(2));
  EXPECT_THAT(ran_, IsEmpty());
  scheduler_->RunPosted();
  EXPECT_THAT(ran_, ElementsAre(1, 2));
}

TEST_F(ManualSchedulerTest, RunsWhatTasksPost) {
  scheduler_->Post([&] { scheduler_->Post(Mark(2)); });
  scheduler_->Post(Mark(1));
  scheduler_->RunPosted();
  EXPECT_THAT(ran_, ElementsAre(1, 2));
}

TEST_F(ManualSchedulerTest, ATimerSeesTheTimeItWasSetFor) {
  const absl::Time when = After(3);
  absl::Time seen;
  const TimerHandle timer =
      scheduler_->PostAt(when, [&] { seen = scheduler_->Now(); });
  scheduler_->Advance(absl::Seconds(10));
  EXPECT_EQ(seen, when);
  EXPECT_EQ(scheduler_->Now(), when + absl::Seconds(7));
}

TEST_F(ManualSchedulerTest, WhatATimerPostsRunsBeforeTheNextTimer) {
  const TimerHandle first =
      scheduler_->PostAt(After(1), [&] { scheduler_->Post(Mark(1)); });
  const TimerHandle second = scheduler_->PostAt(After(2), Mark(2));
  scheduler_->Advance(absl::Seconds(2));
  EXPECT_THAT(ran_, ElementsAre(1, 2));
}

TEST_F(ManualSchedulerTest, ATimerSetOnTheWayFiresOnTheWay) {
  TimerHandle second;
  const TimerHandle first = scheduler_->PostAt(
      After(1), [&] { second = scheduler_->PostAt(After(1), Mark(2)); });
  scheduler_->Advance(absl::Seconds(2));
  EXPECT_THAT(ran_, ElementsAre(2));
}

TEST_F(ManualSchedulerTest, ATimerBeyondTheEndWaits) {
  const TimerHandle timer = scheduler_->PostAt(After(3), Mark(1));
  scheduler_->Advance(absl::Seconds(2));
  EXPECT_THAT(ran_, IsEmpty());
  EXPECT_TRUE(scheduler_->AdvanceToNextTimer());
  EXPECT_THAT(ran_, ElementsAre(1));
  EXPECT_FALSE(scheduler_->AdvanceToNextTimer());
}

TEST_F(ManualSchedulerTest, TheWallClockGoesAlongAndCanBeStepped) {
  const absl::Time now = scheduler_->Now();
  const absl::Time wall = scheduler_->WallNow();
  EXPECT_GT(wall - now, absl::Hours(24));
  scheduler_->Advance(absl::Seconds(5));
  scheduler_->StepWallClock(-absl::Hours(1));
  EXPECT_EQ(scheduler_->Now(), now + absl::Seconds(5));
  EXPECT_EQ(scheduler_->WallNow(), wall + absl::Seconds(5) - absl::Hours(1));
}

TEST_F(ManualSchedulerTest, OtherThreadsMayPostAndAreNotTheLoop) {
  std::thread([&] {
    EXPECT_FALSE(scheduler_->OnLoopThread());
    scheduler_->Post(Mark(1));
  }).join();
  EXPECT_TRUE(scheduler_->OnLoopThread());
  scheduler_->RunPosted();
  EXPECT_THAT(ran_, ElementsAre(1));
}

TEST_F(ManualSchedulerTest, DestroysUnrunWhatIsLeft) {
  const auto owned = std::make_shared<int>();
  scheduler_->Post([owned] { ADD_FAILURE(); });
  const TimerHandle timer =
      scheduler_->PostAt(After(1), [owned] { ADD_FAILURE(); });
  scheduler_.reset();
  EXPECT_EQ(owned.use_count(), 1);
}

}  // namespace
}  // namespace wriftai
