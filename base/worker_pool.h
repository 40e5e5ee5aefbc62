#ifndef WRIFTAI_BASE_WORKER_POOL_H_
#define WRIFTAI_BASE_WORKER_POOL_H_

#include <semaphore.h>

#include <atomic>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "base/mutex.h"

namespace wriftai {

// Two threads for work that takes too long for the loop: decoding, encoding and
// hashing of many bytes. One of them runs only jobs of at most kSmallBytes, so
// that small jobs never wait a second behind one of 64 MB. At most one larger
// job runs at a time. Owners take turns, however many jobs each has queued. The
// threads have a lower priority than the loop.
//
// Threads: constructor and destructor any, all else on the loop. Owns: jobs
// until they have run. EventLoop must outlive it. Fails: never. The destructor
// waits for running jobs, up to a second.
class WorkerPool {
 public:
  // Below this, running a job on the loop is faster than handing it over. The
  // slowest, converting an array of numbers to a Value, takes about 0.2 ms.
  static constexpr size_t kInlineBytes = size_t{16} << 10;

  static constexpr size_t kSmallBytes = size_t{1} << 20;

  explicit WorkerPool(EventLoop& event_loop);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Runs `work` on a pool thread, then `done` with its result on the loop.
  // `owner`: the key for taking turns. `bytes`: the size of its input.
  // Destroying the handle drops the job: if still queued, `work` does not run;
  // `done` is never called. Their captures may be destroyed on either thread.
  template <typename Result>
  [[nodiscard]] CallHandle Run(const std::string& owner, size_t bytes,
                               absl::AnyInvocable<Result()> work,
                               absl::AnyInvocable<void(Result)> done) {
    auto result = std::make_shared<std::unique_ptr<Result>>();
    return Add(
        owner, bytes,
        [result, work = std::move(work)]() mutable {
          *result = std::make_unique<Result>(work());
        },
        [result, done = std::move(done)]() mutable {
          done(std::move(**result));
        });
  }

 private:
  struct Job;
  class Handle;
  using JobPtr = std::shared_ptr<Job>;

  // Jobs by owner, in round-robin order.
  class Queue {
   public:
    void Add(const std::string& owner, JobPtr job);
    JobPtr Next();  // Null if empty.

   private:
    std::map<std::string, std::deque<JobPtr>> jobs_;
    std::deque<std::string> turns_;
  };

  CallHandle Add(const std::string& owner, size_t bytes,
                 absl::AnyInvocable<void()> work,
                 absl::AnyInvocable<void()> done);
  void RunThread(bool takes_large);
  JobPtr NextJob(bool takes_large);

  EventLoop& event_loop_;
  Mutex mutex_;
  Queue small_ ABSL_GUARDED_BY(mutex_);
  Queue large_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> stopping_ = false;
  // One per thread, posted for every job that the thread may run.
  sem_t any_job_;
  sem_t small_job_;
  std::thread any_thread_;
  std::thread small_thread_;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_WORKER_POOL_H_
