#include "service/calls/send_thread.h"

#include <thread>
#include <vector>

#include "absl/synchronization/notification.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

TEST(SendThreadTest, RunsSendsInOrderOnOneOtherThread) {
  std::vector<int> ran;
  std::vector<std::thread::id> threads;
  absl::Notification end;
  SendThread sends;
  for (int i = 0; i < 100; ++i) {
    sends.Run([&, i] {
      ran.push_back(i);
      threads.push_back(std::this_thread::get_id());
      if (i == 99) end.Notify();
    });
  }
  end.WaitForNotification();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(ran[i], i);
    EXPECT_EQ(threads[i], threads[0]);
  }
  EXPECT_NE(threads[0], std::this_thread::get_id());
}

TEST(SendThreadTest, DestructorRunsWhatIsLeft) {
  int ran = 0;
  absl::Notification begun;
  absl::Notification go_on;
  std::thread end;
  {
    SendThread sends;
    sends.Run([&] {
      begun.Notify();
      go_on.WaitForNotification();
    });
    begun.WaitForNotification();
    for (int i = 0; i < 10; ++i) sends.Run([&] { ++ran; });
    end = std::thread([&] { go_on.Notify(); });
  }
  end.join();
  EXPECT_EQ(ran, 10);
}

TEST(SendThreadTest, SendMayAddAnother) {
  absl::Notification end;
  SendThread sends;
  sends.Run([&] { sends.Run([&] { end.Notify(); }); });
  end.WaitForNotification();
}

}  // namespace
}  // namespace wriftai
