#include <memory>
#include <thread>
#include <vector>

#include "tests/upstream/http/loop_test.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;

class CurlEventLoopTaskTest : public LoopTest {
 protected:
  // Sets its argument to whether it is destroyed on the loop.
  std::shared_ptr<void> DestructionProbe(bool& destroyed_on_loop) {
    return std::shared_ptr<void>(nullptr, [this, &destroyed_on_loop](void*) {
      destroyed_on_loop = loop().OnLoopThread();
    });
  }

  std::vector<int> order_;
  std::vector<TimerHandle> timers_;
};

TEST_F(CurlEventLoopTaskTest, OnLoopThreadIsTrueOnlyOnLoop) {
  EXPECT_FALSE(loop().OnLoopThread());
  OnLoop([&] { EXPECT_TRUE(loop().OnLoopThread()); });
}

TEST_F(CurlEventLoopTaskTest, ClockIsMonotonic) {
  absl::Time last = loop().Now();
  for (int i = 0; i < 1000; ++i) {
    const absl::Time now = loop().Now();
    EXPECT_GE(now, last);
    last = now;
  }
  EXPECT_LT(absl::AbsDuration(loop().WallNow() - absl::Now()),
            absl::Seconds(10));
}

TEST_F(CurlEventLoopTaskTest, RunsTasksInOrderOfPosting) {
  for (int i = 0; i < 3; ++i) {
    loop().Post([this, i] { order_.push_back(i); });
  }
  OnLoop([] {});
  EXPECT_THAT(order_, ElementsAre(0, 1, 2));
}

TEST_F(CurlEventLoopTaskTest, RunsTasksOfEachThreadInOrder) {
  constexpr int kThreads = 8;
  constexpr int kTasks = 5000;
  int next[kThreads] = {};
  CurlEventLoop& target = loop();
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&target, &next, t] {
      for (int i = 0; i < kTasks; ++i) {
        target.Post([&next, t, i] {
          if (next[t] == i) ++next[t];
        });
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  OnLoop([] {});
  for (const int count : next) EXPECT_EQ(count, kTasks);
}

TEST_F(CurlEventLoopTaskTest, RunsTimersByTimeThenAge) {
  std::promise<void> last;
  OnLoop([&] {
    const absl::Time base = loop().Now() + absl::Milliseconds(20);
    const auto add = [&](absl::Duration after, int mark) {
      timers_.push_back(
          loop().RunAt(base + after, [this, mark] { order_.push_back(mark); }));
    };
    add(absl::Milliseconds(2), 4);
    add(absl::Milliseconds(1), 2);
    add(absl::Milliseconds(1), 3);
    add(absl::ZeroDuration(), 1);
    timers_.push_back(
        loop().RunAt(base + absl::Milliseconds(3), [&] { last.set_value(); }));
  });
  last.get_future().wait();
  EXPECT_THAT(order_, ElementsAre(1, 2, 3, 4));
  OnLoop([&] { timers_.clear(); });
}

TEST_F(CurlEventLoopTaskTest, DoesNotRunTimerEarly) {
  std::promise<absl::Time> fired;
  absl::Time when;
  OnLoop([&] {
    when = loop().Now() + absl::Milliseconds(30);
    timers_.push_back(
        loop().RunAt(when, [&] { fired.set_value(loop().Now()); }));
  });
  EXPECT_GE(fired.get_future().get(), when);
  OnLoop([&] { timers_.clear(); });
}

TEST_F(CurlEventLoopTaskTest, RunsPastTimerAfterRunAtReturns) {
  std::promise<bool> fired;
  bool returned = false;
  OnLoop([&] {
    timers_.push_back(
        loop().RunAt(absl::InfinitePast(), [&] { fired.set_value(returned); }));
    returned = true;
  });
  EXPECT_TRUE(fired.get_future().get());
  OnLoop([&] { timers_.clear(); });
}

TEST_F(CurlEventLoopTaskTest, DoesNotRunDroppedTimer) {
  OnLoop([&] {
    const absl::Time now = loop().Now();
    timers_.push_back(loop().RunAt(now, [this] { timers_.clear(); }));
    timers_.push_back(loop().RunAt(now, [] { ADD_FAILURE(); }));
  });
  std::promise<void> later;
  TimerHandle last;
  OnLoop(
      [&] { last = loop().RunAt(loop().Now(), [&] { later.set_value(); }); });
  later.get_future().wait();
  OnLoop([&] { last.reset(); });
}

// Many due timers must not delay posted tasks.
TEST_F(CurlEventLoopTaskTest, RecurringTimerDoesNotStarveTasks) {
  std::function<void()> again = [&] {
    timers_.clear();
    timers_.push_back(loop().RunAt(absl::InfinitePast(), again));
  };
  OnLoop(again);
  OnLoop([&] { timers_.clear(); });
}

TEST_F(CurlEventLoopTaskTest, StoppingDestroysPendingTimersOnLoop) {
  bool destroyed_on_loop = false;
  OnLoop([&] {
    timers_.push_back(loop().RunAt(
        absl::InfiniteFuture(),
        [probe = DestructionProbe(destroyed_on_loop)] { ADD_FAILURE(); }));
  });
  StopLoop();
  EXPECT_TRUE(destroyed_on_loop);
}

TEST_F(CurlEventLoopTaskTest, StoppingDestroysPendingTasksOnLoop) {
  bool destroyed_on_loop = false;
  std::promise<void> go;
  std::promise<void> stopping;
  OnLoop([&] {
    // Keeps the loop busy until the task below is posted and the loop must
    // stop.
    loop().Post([&] {
      go.get_future().wait();
      // The loop takes tasks in batches. This one posts to the next batch.
      loop().Post([this, &destroyed_on_loop, &stopping] {
        loop().Post([probe = DestructionProbe(destroyed_on_loop)] {});
        stopping.set_value();
      });
    });
  });
  go.set_value();
  stopping.get_future().wait();
  StopLoop();
  EXPECT_TRUE(destroyed_on_loop);
}

TEST_F(CurlEventLoopTaskTest, DestructorsMayPostAndSetTimersWhileStopping) {
  bool destroyed_on_loop = false;
  OnLoop([&] {
    std::shared_ptr<void> last(nullptr, [&](void*) {
      loop().Post(
          [probe = DestructionProbe(destroyed_on_loop)] { ADD_FAILURE(); });
      timers_.push_back(loop().RunAt(loop().Now(), [] { ADD_FAILURE(); }));
    });
    timers_.push_back(loop().RunAt(absl::InfiniteFuture(), [last] {}));
  });
  StopLoop();
  EXPECT_TRUE(destroyed_on_loop);
}

}  // namespace
}  // namespace wriftai
