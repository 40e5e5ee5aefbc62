#include "base/stop_signals.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdio>
#include <thread>
#include <utility>

#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "base/process_start.h"

namespace wriftai {
namespace {

// How long startup may continue after a signal before it is killed. Startup
// takes less than half of this unless something hangs.
constexpr absl::Duration kStartTimeout = absl::Seconds(1);

bool IsIgnored(int signal_number) {
  struct sigaction current = {};
  return sigaction(signal_number, nullptr, &current) == 0 &&
         current.sa_handler == SIG_IGN;
}

bool Stops(int signal_number) {
  return signal_number == SIGTERM || signal_number == SIGINT ||
         signal_number == SIGQUIT || signal_number == SIGHUP;
}

sigset_t HandledSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int number : {SIGTERM, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2, SIGALRM,
                           SIGVTALRM, SIGIO, SIGPWR, SIGSTKFLT}) {
    sigaddset(&signals, number);
  }
  if (!IsIgnored(SIGHUP)) sigaddset(&signals, SIGHUP);
  for (int number = SIGRTMIN; number <= SIGRTMAX; ++number) {
    sigaddset(&signals, number);
  }
  return signals;
}

[[noreturn]] void ExitNow(int signal_number, const char* why) {
  char line[128];
  std::snprintf(line, sizeof(line), "signal %d: %s", signal_number, why);
  WriteLastLine(line);
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, signal_number);
  signal(signal_number, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  raise(signal_number);
  // The kernel ignores signals with a default action for PID 1 of a container.
  _exit(128 + signal_number);
}

}  // namespace

struct StopSignals::State {
  const sigset_t signals = HandledSignals();
  std::function<void(int)> on_ignored;
  absl::Notification serving;
  // Written by the thread before it notifies `stopping`.
  int first = 0;
  absl::Notification stopping;
  std::atomic<absl::Time> end_at{absl::InfiniteFuture()};

  void Run() {
    for (;;) {
      int number = 0;
      if (sigwait(&signals, &number) != 0) continue;
      if (number == SIGALRM && absl::Now() >= end_at) {
        ExitNow(number, "shutdown did not finish in time");
      } else if (!Stops(number)) {
        on_ignored(number);
      } else if (!serving.WaitForNotificationWithTimeout(kStartTimeout)) {
        ExitNow(number, "stopped during startup");
      } else if (!stopping.HasBeenNotified()) {
        first = number;
        stopping.Notify();
      } else if (number != SIGHUP) {
        ExitNow(number, "stopped without waiting for calls in progress");
      }
    }
  }
};

StopSignals::StopSignals() : state_(std::make_shared<State>()) {
  pthread_sigmask(SIG_BLOCK, &state_->signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

void StopSignals::Watch(std::function<void(int)> on_ignored) {
  state_->on_ignored = std::move(on_ignored);
  std::thread([state = state_] { state->Run(); }).detach();
}

void StopSignals::Serving() { state_->serving.Notify(); }

int StopSignals::Wait() {
  state_->stopping.WaitForNotification();
  return state_->first;
}

void StopSignals::SetDeadline(absl::Duration timeout) {
  state_->end_at = absl::Now() + timeout;
  // Up to a second late, so that end_at has passed.
  alarm(static_cast<unsigned>(absl::ToInt64Seconds(timeout) + 1));
}

}  // namespace wriftai
