#include "base/worker_pool.h"

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/manual_event_loop.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;

constexpr size_t kLarge = WorkerPool::kSmallBytes + 1;

class WorkerPoolTest : public ::testing::Test {
 protected:
  // Runs posted tasks until `condition` holds.
  template <typename Condition>
  void RunUntil(Condition condition) {
    while (!condition()) {
      event_loop_.RunPosted();
      std::this_thread::yield();
    }
  }

  // Adds a job that waits for `gate` and records when it is done.
  CallHandle AddBlocked(absl::Notification& gate, size_t bytes = kLarge) {
    return pool_.Run<int>(
        "first", bytes,
        [&gate] {
          gate.WaitForNotification();
          return 0;
        },
        [this](int) { finished_.push_back("first"); });
  }

  CallHandle AddRecorded(const std::string& owner, const std::string& name,
                         size_t bytes) {
    return pool_.Run<std::string>(
        owner, bytes, [name] { return name; },
        [this](std::string ended) { finished_.push_back(std::move(ended)); });
  }

  ManualEventLoop event_loop_;
  WorkerPool pool_{event_loop_};
  std::vector<std::string> finished_;
};

TEST_F(WorkerPoolTest, RunsWorkOnAnotherThreadAndDoneOnLoop) {
  std::thread::id worked_on;
  int result = 0;
  const CallHandle job = pool_.Run<int>(
      "a", 1,
      [&worked_on] {
        worked_on = std::this_thread::get_id();
        return 7;
      },
      [&result](int value) { result = value; });
  RunUntil([&result] { return result != 0; });
  EXPECT_EQ(result, 7);
  EXPECT_NE(worked_on, std::this_thread::get_id());
}

TEST_F(WorkerPoolTest, SmallJobOvertakesLargeJob) {
  absl::Notification gate;
  const CallHandle large = AddBlocked(gate);
  const CallHandle small = AddRecorded("second", "small", 1);
  RunUntil([this] { return !finished_.empty(); });
  EXPECT_THAT(finished_, ElementsAre("small"));
  gate.Notify();
  RunUntil([this] { return finished_.size() == 2; });
}

TEST_F(WorkerPoolTest, OwnersTakeTurns) {
  absl::Notification gate;
  const CallHandle blocked = AddBlocked(gate);
  std::vector<CallHandle> jobs;
  for (const char* name : {"a1", "a2", "a3"}) {
    jobs.push_back(AddRecorded("a", name, kLarge));
  }
  jobs.push_back(AddRecorded("b", "b1", kLarge));
  gate.Notify();
  RunUntil([this] { return finished_.size() == 5; });
  EXPECT_EQ(finished_.back(), "a3");
}

TEST_F(WorkerPoolTest, DroppedJobDoesNotRunAndReleasesCaptures) {
  absl::Notification gate;
  const CallHandle blocked = AddBlocked(gate);
  auto held = std::make_shared<int>(1);
  bool done = false;
  CallHandle dropped = pool_.Run<int>(
      "a", kLarge, [held] { return *held; }, [&done](int) { done = true; });
  EXPECT_EQ(held.use_count(), 2);
  dropped.reset();
  EXPECT_EQ(held.use_count(), 1);
  const CallHandle last = AddRecorded("a", "last", kLarge);
  gate.Notify();
  RunUntil([this] { return finished_.size() == 2; });
  EXPECT_FALSE(done);
}

TEST_F(WorkerPoolTest, DoneMayDestroyItsHandle) {
  bool done = false;
  CallHandle job;
  job = pool_.Run<int>(
      "a", 1, [] { return 0; },
      [&](int) {
        job.reset();
        done = true;
      });
  RunUntil([&done] { return done; });
}

}  // namespace
}  // namespace wriftai
