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

// Two threads for what takes too long for the loop: decoding, encoding and
// hashing what has many bytes. One of them takes jobs of at most kSmallBytes
// alone, so that these never wait for a second behind 64 MB; at a time, there
// is one job at most of more. Owners take turns, whatever each has queued. The
// threads have a lower priority than the loop.
//
// Threads: constructor and destructor any, all else on the loop. Owns: jobs
// until they have run. EventLoop must outlive it. Fails: never. The destructor
// waits for the jobs that run, up to a second.
class WorkerPool {
 public:
  // Below this, a job is done faster on the loop than it is handed over: some
  // 0.2 ms for the slowest, an array of numbers that becomes a Value.
  static constexpr size_t kInlineBytes = size_t{16} << 10;

  static constexpr size_t kSmallBytes = size_t{1} << 20;

  explicit WorkerPool(EventLoop& event_loop);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // Runs `work` on a thread of the pool, and then `done` with its result on the
  // loop. `owner`: for whom. `bytes`: how much it has to read. Destroying the
  // handle drops the job: if it is queued, it does not run; `done` is not
  // called in any case. What both hold is destroyed on either thread.
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

  // Jobs by owner, and whose turn it is.
  class Queue {
   public:
    void Add(const std::string& owner, JobPtr job);
    JobPtr Next();  // Null where there is none.

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
  // Each thread's own: it is posted for every job that the thread may take.
  sem_t any_job_;
  sem_t small_job_;
  std::thread any_thread_;
  std::thread small_thread_;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_WORKER_POOL_H_
