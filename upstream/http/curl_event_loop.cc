#include "upstream/http/curl_event_loop.h"

#include <algorithm>
#include <cassert>
#include <csignal>
#include <optional>
#include <utility>

#include "base/thread_scheduling.h"

namespace wriftai {
namespace {

// Maximum timers run between two polls of the sockets. Many timers due at once
// must not delay responses.
constexpr int kMaxTimersPerRound = 256;

// Maximum sleep of the loop, and so of a task of PostIdle(). Other work wakes
// it earlier.
constexpr absl::Duration kMaxSleep = absl::Seconds(1);

// A write to a connection closed by the peer may raise SIGPIPE, which ends the
// process by default. With CURLOPT_NOSIGNAL, libcurl leaves that to us.
void BlockSigpipeInThisThread() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
}

}  // namespace

CurlEventLoop::CurlEventLoop(HttpOptions options)
    : options_(std::move(options)),
      transfers_(*this, options_),
      thread_([this] { Run(); }) {}

CurlEventLoop::~CurlEventLoop() {
  assert(!CurlEventLoop::OnLoopThread());
  {
    MutexLock lock(mutex_);
    stopping_ = true;
  }
  transfers_.Wake();
  thread_.join();
}

absl::Time CurlEventLoop::Now() const {
  return wall_start_ +
         absl::FromChrono(std::chrono::steady_clock::now() - steady_start_);
}

absl::Time CurlEventLoop::WallNow() const { return absl::Now(); }

void CurlEventLoop::Post(Task task) {
  bool wake = false;
  {
    MutexLock lock(mutex_);
    if (closed_) return;
    inbox_.push_back(std::move(task));
    wake = std::exchange(sleeping_, false);
  }
  if (wake) transfers_.Wake();
}

void CurlEventLoop::PostIdle(Task task) {
  MutexLock lock(mutex_);
  if (!closed_) inbox_.push_back(std::move(task));
}

TimerHandle CurlEventLoop::RunAt(absl::Time when, Task task) {
  assert(OnLoopThread());
  return timers_.Add(when, std::move(task));
}

bool CurlEventLoop::OnLoopThread() const {
  return loop_thread_.load(std::memory_order_relaxed) ==
         std::this_thread::get_id();
}

CallHandle CurlEventLoop::Send(HttpRequest request, Done done) {
  return transfers_.Send(std::move(request), std::move(done));
}

void CurlEventLoop::RetireConnections(absl::string_view scope) {
  transfers_.RetireConnections(scope);
}

void CurlEventLoop::Run() {
  loop_thread_.store(std::this_thread::get_id(), std::memory_order_relaxed);
  BlockSigpipeInThisThread();
  UseDefaultScheduling();
  while (RunInbox()) {
    RunTimers();
    transfers_.Perform();
    transfers_.Wait(MaxSleep());
  }
  DestroyAll();
}

// False once the loop must stop.
bool CurlEventLoop::RunInbox() {
  std::vector<Task> batch;
  {
    MutexLock lock(mutex_);
    if (stopping_) return false;
    sleeping_ = false;
    batch.swap(inbox_);
  }
  for (Task& task : batch) {
    task();
    // Destroys its state before the next task runs.
    task = nullptr;
  }
  return true;
}

void CurlEventLoop::RunTimers() {
  const absl::Time now = Now();
  for (int i = 0; i < kMaxTimersPerRound; ++i) {
    Task task = timers_.PopDue(now);
    if (task == nullptr) return;
    task();
  }
}

// How long to wait for sockets. From here until the next RunInbox(), Post()
// wakes the loop if that is not zero.
absl::Duration CurlEventLoop::MaxSleep() {
  {
    MutexLock lock(mutex_);
    if (!inbox_.empty() || stopping_) return absl::ZeroDuration();
    sleeping_ = true;
  }
  const std::optional<absl::Time> next = timers_.NextTime();
  if (!next.has_value()) return kMaxSleep;
  return std::clamp(*next - Now(), absl::ZeroDuration(), kMaxSleep);
}

void CurlEventLoop::DestroyAll() {
  // Destructors may post tasks, set timers and send requests.
  for (;;) {
    if (transfers_.Clear()) continue;
    if (timers_.PopDue(absl::InfiniteFuture()) != nullptr) continue;
    std::vector<Task> batch;
    MutexLock lock(mutex_);
    if (inbox_.empty()) {
      closed_ = true;
      return;
    }
    batch.swap(inbox_);
  }
}

}  // namespace wriftai
