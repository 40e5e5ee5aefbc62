#include "client/system_host.h"

#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <thread>

#include "absl/strings/string_view.h"
#include "base/steady_clock.h"

namespace wriftai::client {

absl::Time SteadyClock::Now() { return SteadyNow(); }

void SteadyClock::Sleep(absl::Duration duration) {
  std::this_thread::sleep_for(absl::ToChronoNanoseconds(duration));
}

SignalInterrupt::SignalInterrupt() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  descriptor_ = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
  if (descriptor_ >= 0) sigprocmask(SIG_BLOCK, &signals, nullptr);
}

SignalInterrupt::~SignalInterrupt() {
  if (descriptor_ >= 0) close(descriptor_);
}

int SignalInterrupt::Signal() {
  signalfd_siginfo info;
  if (signal_ == 0 && descriptor_ >= 0 &&
      read(descriptor_, &info, sizeof info) == sizeof info) {
    signal_ = static_cast<int>(info.ssi_signo);
  }
  return signal_;
}

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
