#ifndef WRIFTAI_SANDBOX_REQUEST_WORKERS_H_
#define WRIFTAI_SANDBOX_REQUEST_WORKERS_H_

#include <pthread.h>

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <utility>
#include <vector>

#include "base/http_server/http_handler.h"
#include "sandbox/request_handler.h"

namespace wriftai::sandbox {

// Handles requests on the server's thread, except those that may take long or
// wait. Each of these occupies a thread of its own. Starts a thread when all
// others are busy, up to a limit; then requests wait.
//
// Threads: the server's. Owns: the threads; the destructor waits for requests
// in progress, so their waits must have been released, and drops the others.
// `handler` must outlive it. Fails: if the system refuses more threads,
// requests wait for those that it has.
class RequestWorkers final : public HttpHandler {
 public:
  RequestWorkers(RequestHandler& handler, size_t max_threads);
  ~RequestWorkers() override;

  void Handle(IncomingRequest incoming, HttpResponder responder) override;

 private:
  using Job = std::pair<Request, HttpResponder>;

  void StartThread();
  void Run();

  RequestHandler& handler_;
  const size_t max_threads_;
  std::mutex mutex_;  // std::condition_variable requires a std::mutex.
  std::condition_variable changed_;
  std::deque<Job> jobs_;
  std::vector<pthread_t> threads_;  // Used by the server's thread.
  size_t idle_ = 0;                 // Threads without a job.
  bool stopping_ = false;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_REQUEST_WORKERS_H_
