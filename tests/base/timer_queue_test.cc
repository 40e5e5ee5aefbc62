#include "base/timer_queue.h"

#include <vector>

#include "gmock/gmock.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class TimerQueueTest : public testing::Test {
 protected:
  static absl::Time At(int seconds) {
    return absl::UnixEpoch() + absl::Seconds(seconds);
  }

  TimerHandle AddTimer(int seconds, int mark) {
    return queue_->Add(At(seconds), [this, mark] { fired_.push_back(mark); });
  }

  void FireDue(int seconds) {
    while (EventLoop::Task task = queue_->PopDue(At(seconds))) task();
  }

  std::vector<int> fired_;
  std::optional<TimerQueue> queue_{std::in_place};
};

TEST_F(TimerQueueTest, IsInitiallyEmpty) {
  EXPECT_EQ(queue_->NextTime(), std::nullopt);
  EXPECT_TRUE(queue_->PopDue(absl::InfiniteFuture()) == nullptr);
}

TEST_F(TimerQueueTest, FiresInOrderOfTimeThenAge) {
  const TimerHandle handles[] = {AddTimer(2, 3), AddTimer(1, 1), AddTimer(2, 4),
                                 AddTimer(1, 2)};
  FireDue(2);
  EXPECT_THAT(fired_, ElementsAre(1, 2, 3, 4));
}

TEST_F(TimerQueueTest, TimerIsNotDueBeforeItsTime) {
  const TimerHandle handle = AddTimer(5, 1);
  EXPECT_EQ(queue_->NextTime(), At(5));
  FireDue(4);
  EXPECT_THAT(fired_, IsEmpty());
  FireDue(5);
  EXPECT_THAT(fired_, ElementsAre(1));
  EXPECT_EQ(queue_->NextTime(), std::nullopt);
}

TEST_F(TimerQueueTest, DestroyedHandleCancelsTimer) {
  TimerHandle first = AddTimer(1, 1);
  const TimerHandle second = AddTimer(1, 2);
  first.reset();
  FireDue(1);
  EXPECT_THAT(fired_, ElementsAre(2));
}

TEST_F(TimerQueueTest, HandleDestroyedAfterFiringCancelsNothing) {
  TimerHandle first = AddTimer(1, 1);
  FireDue(1);
  const TimerHandle second = AddTimer(1, 2);
  first.reset();
  FireDue(1);
  EXPECT_THAT(fired_, ElementsAre(1, 2));
}

TEST_F(TimerQueueTest, TaskMayCancelNextDueTimer) {
  TimerHandle second;
  const TimerHandle first = queue_->Add(At(1), [&] { second.reset(); });
  second = AddTimer(1, 2);
  FireDue(1);
  EXPECT_THAT(fired_, IsEmpty());
}

TEST_F(TimerQueueTest, TaskMayDestroyItsOwnHandle) {
  TimerHandle own;
  own = queue_->Add(At(1), [&] {
    own.reset();
    fired_.push_back(1);
  });
  FireDue(1);
  EXPECT_THAT(fired_, ElementsAre(1));
}

TEST_F(TimerQueueTest, TaskMayAddTimersThatAreAlreadyDue) {
  TimerHandle later;
  const TimerHandle first = queue_->Add(At(1), [&] { later = AddTimer(0, 2); });
  FireDue(1);
  EXPECT_THAT(fired_, ElementsAre(2));
}

TEST_F(TimerQueueTest, HandleMayOutliveQueue) {
  TimerHandle handle = AddTimer(1, 1);
  queue_.reset();
  handle.reset();
  EXPECT_THAT(fired_, IsEmpty());
}

TEST_F(TimerQueueTest, TaskMayOwnHandleOfAnotherTimer) {
  TimerHandle inner = AddTimer(2, 2);
  TimerHandle outer = queue_->Add(At(1), [inner = std::move(inner)] {});
  outer.reset();
  EXPECT_EQ(queue_->NextTime(), std::nullopt);
}

TEST_F(TimerQueueTest, QueueMayBeDestroyedWhileTasksOwnHandles) {
  TimerHandle inner = AddTimer(2, 2);
  const TimerHandle outer = queue_->Add(At(1), [inner = std::move(inner)] {});
  queue_.reset();
  EXPECT_THAT(fired_, IsEmpty());
}

TEST_F(TimerQueueTest, AcceptsInfiniteTimes) {
  const TimerHandle never = queue_->Add(absl::InfiniteFuture(), [] {});
  const TimerHandle always =
      queue_->Add(absl::InfinitePast(), [this] { fired_.push_back(1); });
  FireDue(0);
  EXPECT_THAT(fired_, ElementsAre(1));
  EXPECT_EQ(queue_->NextTime(), absl::InfiniteFuture());
}

}  // namespace
}  // namespace wriftai
