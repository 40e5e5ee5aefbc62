#ifndef WRIFTAI_UPSTREAM_HTTP_CURL_EVENT_LOOP_H_
#define WRIFTAI_UPSTREAM_HTTP_CURL_EVENT_LOOP_H_

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/mutex.h"
#include "base/timer_queue.h"
#include "upstream/http/curl_multi_pool.h"
#include "upstream/http/http_options.h"
#include "upstream/http/http_transport.h"

namespace wriftai {

// The gateway's event loop: a thread that runs posted tasks and timers, and
// performs HTTP requests with libcurl.
//
// The constructor starts the thread. The destructor stops it, drops requests in
// flight without calling back, and destroys tasks and timers without running
// them. All of this happens on the loop thread (OnLoopThread() is true), where
// their state belongs. A task posted later is destroyed at once, on the posting
// thread.
//
// Threads: as EventLoop and HttpTransport say; the destructor on any thread but
// the loop's. Owns: thread, tasks, timers, requests. Handles may outlive it and
// then do nothing. Fails: never; requests as TransportFailure.
class CurlEventLoop : public EventLoop, public HttpTransport {
 public:
  explicit CurlEventLoop(HttpOptions options = HttpOptions());
  ~CurlEventLoop() override;
  CurlEventLoop(const CurlEventLoop&) = delete;
  CurlEventLoop& operator=(const CurlEventLoop&) = delete;

  absl::Time Now() const override;
  absl::Time WallNow() const override;
  void Post(Task task) override;
  void PostIdle(Task task) override;
  [[nodiscard]] TimerHandle RunAt(absl::Time when, Task task) override;
  bool OnLoopThread() const override;
  [[nodiscard]] CallHandle Send(HttpRequest request, Done done) override;
  void RetireConnections(absl::string_view scope) override;

  // Of all requests sent by it. On the loop.
  ConnectionStats connection_stats() const {
    return transfers_.connection_stats();
  }

 private:
  void Run();
  bool RunInbox();
  void RunTimers();
  absl::Duration MaxSleep();
  void DestroyAll();

  const HttpOptions options_;
  const absl::Time wall_start_ = absl::Now();
  const std::chrono::steady_clock::time_point steady_start_ =
      std::chrono::steady_clock::now();

  // Set by the loop thread when it starts.
  std::atomic<std::thread::id> loop_thread_;

  Mutex mutex_;
  std::vector<Task> inbox_ ABSL_GUARDED_BY(mutex_);
  // Whether a posted task must wake the loop.
  bool sleeping_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;

  // Loop only.
  TimerQueue timers_;
  CurlMultiPool transfers_;

  std::thread thread_;  // Last: uses all members above.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_CURL_EVENT_LOOP_H_
