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

// The gateway's one event loop: a thread that runs what is posted, fires the
// timers, and moves HTTP requests over libcurl.
//
// The constructor starts the thread. The destructor ends it: what is in flight
// is dropped without its callback, tasks and timers are destroyed without
// being run, all on the loop thread (OnLoopThread() is true), so that what
// they own dies where it has lived. A task that is posted after that is
// destroyed at once, by the thread that posts it.
//
// Threads: as EventLoop and HttpTransport say; the destructor on any thread
// but the loop's. Owns: thread, tasks, timers, requests. Handles may outlive
// it and then do nothing. Fails: never; requests as TransportFailure.
class CurlEventLoop : public EventLoop, public HttpTransport {
 public:
  explicit CurlEventLoop(HttpOptions options = HttpOptions());
  ~CurlEventLoop() override;
  CurlEventLoop(const CurlEventLoop&) = delete;
  CurlEventLoop& operator=(const CurlEventLoop&) = delete;

  absl::Time Now() const override;
  absl::Time WallNow() const override;
  void Post(Task task) override;
  [[nodiscard]] TimerHandle RunAt(absl::Time when, Task task) override;
  bool OnLoopThread() const override;
  [[nodiscard]] CallHandle Send(HttpRequest request, Done done) override;
  void RetireConnections(absl::string_view scope) override;

 private:
  void Run();
  bool RunInbox();
  void RunTimers();
  absl::Duration UntilNextTimer() const;
  void DestroyAll();

  const HttpOptions options_;
  const absl::Time wall_start_ = absl::Now();
  const std::chrono::steady_clock::time_point steady_start_ =
      std::chrono::steady_clock::now();

  // Set by the loop thread, before it does anything else.
  std::atomic<std::thread::id> loop_thread_;

  Mutex mutex_;
  std::vector<Task> inbox_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;

  // Loop only.
  TimerQueue timers_;
  CurlMultiPool transfers_;

  std::thread thread_;  // Last: it uses all of the above.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_CURL_EVENT_LOOP_H_
