#include "client/system_host.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <thread>

#include "absl/strings/string_view.h"
#include "base/steady_clock.h"
#include "client/exit_code.h"

namespace wriftai::client {
namespace {

// How long the program may take to stop by itself. It exits at once, unless it
// is blocked in writing its output.
constexpr unsigned kGraceSeconds = 2;

// The first signal. Any thread may run the handler.
std::atomic<int> caught_signal{0};
static_assert(std::atomic<int>::is_always_lock_free,
              "signal handlers require a lock-free atomic");

void OnSignal(int number) {
  int none = 0;
  if (caught_signal.compare_exchange_strong(none, number)) {
    alarm(kGraceSeconds);
  }
}

void OnGraceEnd(int) { _exit(kExitSignalBase + caught_signal.load()); }

void Handle(int number, void (*handler)(int)) {
  struct sigaction action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaction(number, &action, nullptr);
}

// As for programs below nohup.
bool IsIgnored(int number) {
  struct sigaction action = {};
  return sigaction(number, nullptr, &action) == 0 &&
         action.sa_handler == SIG_IGN;
}

}  // namespace

absl::Time SteadyClock::Now() { return SteadyNow(); }

void SteadyClock::Sleep(absl::Duration duration) {
  std::this_thread::sleep_for(absl::ToChronoNanoseconds(duration));
}

SignalInterrupt::SignalInterrupt() {
  Handle(SIGALRM, OnGraceEnd);
  for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
    if (!IsIgnored(number)) Handle(number, OnSignal);
  }
}

int SignalInterrupt::Signal() { return caught_signal.load(); }

bool IsTerminal(int descriptor) {
  const char* const kind = std::getenv("TERM");
  return isatty(descriptor) == 1 && kind != nullptr &&
         absl::string_view(kind) != "dumb" && *kind != '\0';
}

int TerminalWidth(int descriptor) {
  winsize size = {};
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

}  // namespace wriftai::client
