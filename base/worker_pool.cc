#include "base/worker_pool.h"

#include <cassert>
#include <utility>

#include "base/thread_scheduling.h"

namespace wriftai {

// Both functions are destroyed when they have run or the job is dropped, since
// their captures may be large.
struct WorkerPool::Job {
  absl::AnyInvocable<void()> TakeWork() {
    const MutexLock lock(mutex);
    return std::exchange(work, nullptr);
  }

  Mutex mutex;
  absl::AnyInvocable<void()> work ABSL_GUARDED_BY(mutex);
  absl::AnyInvocable<void()> done;  // Loop only.
};

class WorkerPool::Handle : public Call {
 public:
  explicit Handle(JobPtr job) : job_(std::move(job)) {}
  ~Handle() override {
    job_->TakeWork();
    job_->done = nullptr;
  }

 private:
  const JobPtr job_;
};

void WorkerPool::Queue::Add(const std::string& owner, JobPtr job) {
  std::deque<JobPtr>& jobs = jobs_[owner];
  if (jobs.empty()) turns_.push_back(owner);
  jobs.push_back(std::move(job));
}

WorkerPool::JobPtr WorkerPool::Queue::Next() {
  if (turns_.empty()) return nullptr;
  const std::string owner = std::move(turns_.front());
  turns_.pop_front();
  const auto found = jobs_.find(owner);
  JobPtr job = std::move(found->second.front());
  found->second.pop_front();
  if (found->second.empty()) {
    jobs_.erase(found);
  } else {
    turns_.push_back(owner);
  }
  return job;
}

WorkerPool::WorkerPool(EventLoop& event_loop) : event_loop_(event_loop) {
  sem_init(&any_job_, 0, 0);
  sem_init(&small_job_, 0, 0);
  any_thread_ = std::thread([this] { RunThread(true); });
  small_thread_ = std::thread([this] { RunThread(false); });
}

WorkerPool::~WorkerPool() {
  stopping_ = true;
  sem_post(&any_job_);
  sem_post(&small_job_);
  any_thread_.join();
  small_thread_.join();
  sem_destroy(&any_job_);
  sem_destroy(&small_job_);
}

CallHandle WorkerPool::Add(const std::string& owner, size_t bytes,
                           absl::AnyInvocable<void()> work,
                           absl::AnyInvocable<void()> done) {
  assert(event_loop_.OnLoopThread());
  auto job = std::make_shared<Job>();
  job->done = std::move(done);
  {
    const MutexLock lock(job->mutex);
    job->work = std::move(work);
  }
  {
    const MutexLock lock(mutex_);
    (bytes <= kSmallBytes ? small_ : large_).Add(owner, job);
  }
  sem_post(&any_job_);
  if (bytes <= kSmallBytes) sem_post(&small_job_);
  return std::make_unique<Handle>(std::move(job));
}

WorkerPool::JobPtr WorkerPool::NextJob(bool takes_large) {
  const MutexLock lock(mutex_);
  JobPtr job = takes_large ? large_.Next() : nullptr;
  return job != nullptr ? job : small_.Next();
}

void WorkerPool::RunThread(bool takes_large) {
  LowerPriority(10);
  sem_t& jobs = takes_large ? any_job_ : small_job_;
  while (!stopping_) {
    sem_wait(&jobs);
    // The other thread may have taken it.
    const JobPtr job = stopping_ ? nullptr : NextJob(takes_large);
    if (job == nullptr) continue;
    absl::AnyInvocable<void()> work = job->TakeWork();
    if (!work) continue;
    work();
    work = nullptr;
    event_loop_.Post([job] {
      // Moved out of the job, as it may destroy the job's handle.
      absl::AnyInvocable<void()> done = std::exchange(job->done, nullptr);
      if (done) done();
    });
  }
}

}  // namespace wriftai
