#ifndef WRIFTAI_SERVICE_CALLS_SEND_THREAD_H_
#define WRIFTAI_SERVICE_CALLS_SEND_THREAD_H_

#include <semaphore.h>

#include <cstddef>
#include <deque>
#include <thread>

#include "absl/functional/any_invocable.h"
#include "base/mutex.h"

namespace wriftai {

// A thread that starts the sends of large messages. gRPC's core sends on the
// thread that starts an operation, for as long as the client takes the data: a
// response of 50 MB would keep the loop, and so all other calls, for 10 ms. The
// thread has a lower priority than the loop.
//
// Threads: any. Owns: the thread, and the sends until they have run, in their
// order. The caller bounds their number. The destructor runs those that are
// left. Fails: never.
class SendThread {
 public:
  // To send so much takes 0.1 ms. Handing it over takes a tenth of that.
  static constexpr size_t kLargeBytes = size_t{256} << 10;

  // Must not block.
  using Send = absl::AnyInvocable<void()>;

  SendThread();
  ~SendThread();
  SendThread(const SendThread&) = delete;
  SendThread& operator=(const SendThread&) = delete;

  void Run(Send send);

 private:
  void RunThread();
  // Null at the end.
  Send Next();

  Mutex mutex_;
  std::deque<Send> sends_ ABSL_GUARDED_BY(mutex_);
  sem_t added_;  // Counts sends, and the end.
  std::thread thread_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CALLS_SEND_THREAD_H_
