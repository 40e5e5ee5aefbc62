#include "base/thread_scheduling.h"

#include <sched.h>

#include <thread>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

// In a thread of its own, because the policy stays.
template <typename Body>
void InThread(Body body) {
  std::thread(body).join();
}

TEST(ThreadSchedulingTest, BatchIsInheritedByThreads) {
  InThread([] {
    UseBatchScheduling();
    EXPECT_EQ(sched_getscheduler(0), SCHED_BATCH);
    InThread([] { EXPECT_EQ(sched_getscheduler(0), SCHED_BATCH); });
  });
}

TEST(ThreadSchedulingTest, DefaultAfterBatchIsOfOneThread) {
  InThread([] {
    UseBatchScheduling();
    InThread([] {
      UseDefaultScheduling();
      EXPECT_EQ(sched_getscheduler(0), SCHED_OTHER);
    });
    EXPECT_EQ(sched_getscheduler(0), SCHED_BATCH);
  });
}

TEST(ThreadSchedulingTest, PolicyOfTheAdministratorStays) {
  InThread([] {
    const sched_param no_priority{};
    ASSERT_EQ(sched_setscheduler(0, SCHED_IDLE, &no_priority), 0);
    UseBatchScheduling();
    UseDefaultScheduling();
    EXPECT_EQ(sched_getscheduler(0), SCHED_IDLE);
  });
}

}  // namespace
}  // namespace wriftai
