#include "tests/support/manual_event_loop.h"

#include <cassert>
#include <utility>

#include "gtest/gtest.h"

namespace wriftai {
namespace {

// Far more than a test needs per call. A task that reposts itself endlessly
// reaches it within a second.
constexpr int kMaxTasksPerCall = 10'000'000;

}  // namespace

ManualEventLoop::ManualEventLoop()
    : thread_(std::this_thread::get_id()),
      now_(absl::FromCivil(absl::CivilSecond(2025, 1, 1), absl::UTCTimeZone())),
      wall_now_(absl::FromCivil(absl::CivilSecond(2026, 1, 1),
                                absl::UTCTimeZone())) {}

ManualEventLoop::~ManualEventLoop() {
  std::deque<Task> last;
  {
    MutexLock lock(mutex_);
    stopped_ = true;
    last.swap(posted_);
  }
  // Destroyed without the lock, because destructors of captures may post.
  last.clear();
}

absl::Time ManualEventLoop::Now() const {
  MutexLock lock(mutex_);
  return now_;
}

absl::Time ManualEventLoop::WallNow() const {
  MutexLock lock(mutex_);
  return wall_now_;
}

void ManualEventLoop::Post(Task task) {
  MutexLock lock(mutex_);
  if (!stopped_) posted_.push_back(std::move(task));
}

TimerHandle ManualEventLoop::RunAt(absl::Time when, Task task) {
  assert(OnLoopThread());
  return timers_.Add(when, std::move(task));
}

bool ManualEventLoop::OnLoopThread() const {
  return std::this_thread::get_id() == thread_;
}

void ManualEventLoop::RunPosted() {
  assert(OnLoopThread());
  for (int i = 0; i < kMaxTasksPerCall; ++i) {
    Task task = PopPosted();
    if (task == nullptr) task = timers_.PopDue(Now());
    if (task == nullptr) return;
    task();
  }
  ADD_FAILURE() << "tasks repost themselves endlessly";
}

void ManualEventLoop::Advance(absl::Duration duration) {
  const absl::Time end = Now() + duration;
  RunPosted();
  for (int i = 0; i < kMaxTasksPerCall; ++i) {
    const std::optional<absl::Time> next = NextTimer();
    if (!next.has_value() || *next > end) break;
    AdvanceToNextTimer();
  }
  MoveTo(end);
}

bool ManualEventLoop::AdvanceToNextTimer() {
  RunPosted();
  const std::optional<absl::Time> next = NextTimer();
  if (!next.has_value()) return false;
  MoveTo(*next);
  RunPosted();
  return true;
}

void ManualEventLoop::StepWallClock(absl::Duration by) {
  MutexLock lock(mutex_);
  wall_now_ += by;
}

ManualEventLoop::Task ManualEventLoop::PopPosted() {
  MutexLock lock(mutex_);
  if (posted_.empty()) return nullptr;
  Task task = std::move(posted_.front());
  posted_.pop_front();
  return task;
}

void ManualEventLoop::MoveTo(absl::Time time) {
  MutexLock lock(mutex_);
  if (time <= now_) return;
  wall_now_ += time - now_;
  now_ = time;
}

}  // namespace wriftai
