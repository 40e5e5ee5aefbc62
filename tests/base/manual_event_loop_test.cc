#include "tests/support/manual_event_loop.h"

#include <memory>
#include <thread>
#include <vector>

#include "gmock/gmock.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ManualEventLoopTest : public testing::Test {
 protected:
  EventLoop::Task Record(int value) {
    return [this, value] { ran_.push_back(value); };
  }
  absl::Time After(int seconds) const {
    return event_loop_->Now() + absl::Seconds(seconds);
  }

  std::vector<int> ran_;
  std::optional<ManualEventLoop> event_loop_{std::in_place};
};

TEST_F(ManualEventLoopTest, RunsNothingBeforeRunPosted) {
  event_loop_->Post(Record(1));
  const TimerHandle due = event_loop_->RunAt(After(0), Record(2));
  EXPECT_THAT(ran_, IsEmpty());
  event_loop_->RunPosted();
  EXPECT_THAT(ran_, ElementsAre(1, 2));
}

TEST_F(ManualEventLoopTest, RunsTasksPostedByTasks) {
  event_loop_->Post([&] { event_loop_->Post(Record(2)); });
  event_loop_->Post(Record(1));
  event_loop_->RunPosted();
  EXPECT_THAT(ran_, ElementsAre(1, 2));
}

TEST_F(ManualEventLoopTest, TimerRunsAtItsTime) {
  const absl::Time when = After(3);
  absl::Time seen;
  const TimerHandle timer =
      event_loop_->RunAt(when, [&] { seen = event_loop_->Now(); });
  event_loop_->Advance(absl::Seconds(10));
  EXPECT_EQ(seen, when);
  EXPECT_EQ(event_loop_->Now(), when + absl::Seconds(7));
}

TEST_F(ManualEventLoopTest, TaskPostedByTimerRunsBeforeNextTimer) {
  const TimerHandle first =
      event_loop_->RunAt(After(1), [&] { event_loop_->Post(Record(1)); });
  const TimerHandle second = event_loop_->RunAt(After(2), Record(2));
  event_loop_->Advance(absl::Seconds(2));
  EXPECT_THAT(ran_, ElementsAre(1, 2));
}

TEST_F(ManualEventLoopTest, AdvanceRunsTimersAddedMeanwhile) {
  TimerHandle second;
  const TimerHandle first = event_loop_->RunAt(
      After(1), [&] { second = event_loop_->RunAt(After(1), Record(2)); });
  event_loop_->Advance(absl::Seconds(2));
  EXPECT_THAT(ran_, ElementsAre(2));
}

TEST_F(ManualEventLoopTest, AdvanceDoesNotRunLaterTimers) {
  const TimerHandle timer = event_loop_->RunAt(After(3), Record(1));
  event_loop_->Advance(absl::Seconds(2));
  EXPECT_THAT(ran_, IsEmpty());
  EXPECT_TRUE(event_loop_->AdvanceToNextTimer());
  EXPECT_THAT(ran_, ElementsAre(1));
  EXPECT_FALSE(event_loop_->AdvanceToNextTimer());
}

TEST_F(ManualEventLoopTest, WallClockAdvancesAndCanBeStepped) {
  const absl::Time now = event_loop_->Now();
  const absl::Time wall = event_loop_->WallNow();
  EXPECT_GT(wall - now, absl::Hours(24));
  event_loop_->Advance(absl::Seconds(5));
  event_loop_->StepWallClock(-absl::Hours(1));
  EXPECT_EQ(event_loop_->Now(), now + absl::Seconds(5));
  EXPECT_EQ(event_loop_->WallNow(), wall + absl::Seconds(5) - absl::Hours(1));
}

TEST_F(ManualEventLoopTest, OtherThreadsMayPost) {
  std::thread([&] {
    EXPECT_FALSE(event_loop_->OnLoopThread());
    event_loop_->Post(Record(1));
  }).join();
  EXPECT_TRUE(event_loop_->OnLoopThread());
  event_loop_->RunPosted();
  EXPECT_THAT(ran_, ElementsAre(1));
}

TEST_F(ManualEventLoopTest, DestroysPendingTasksWithoutRunning) {
  const auto owned = std::make_shared<int>();
  event_loop_->Post([owned] { ADD_FAILURE(); });
  const TimerHandle timer =
      event_loop_->RunAt(After(1), [owned] { ADD_FAILURE(); });
  event_loop_.reset();
  EXPECT_EQ(owned.use_count(), 1);
}

}  // namespace
}  // namespace wriftai
