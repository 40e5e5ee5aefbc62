#ifndef WRIFTAI_CLIENT_SYSTEM_HOST_H_
#define WRIFTAI_CLIENT_SYSTEM_HOST_H_

#include <random>

#include "absl/time/time.h"
#include "client/host.h"

// The implementations of Host's interfaces for the real system.

namespace wriftai::client {

class SteadyClock : public Clock {
 public:
  absl::Time Now() override;
  void Sleep(absl::Duration duration) override;
};

// Records SIGINT, SIGTERM and SIGHUP instead of ending the process, which can
// then remove its files. If the process has not exited 2 s after the first of
// them, because a write blocks, it ends with that signal's exit status. Ignored
// signals stay ignored.
//
// Applies to the whole process, until it exits.
class SignalInterrupt : public Interrupt {
 public:
  SignalInterrupt();

  int Signal() override;
};

// Returns values in [0, 1).
class JitterSource {
 public:
  JitterSource() : engine_(std::random_device()()) {}
  double operator()() { return distribution_(engine_); }

 private:
  std::minstd_rand engine_;
  std::uniform_real_distribution<double> distribution_;
};

// Whether `descriptor` is a terminal that understands escape sequences.
bool IsTerminal(int descriptor);

// The number of columns of the terminal of `descriptor`; 0 if unknown.
int TerminalWidth(int descriptor);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_SYSTEM_HOST_H_
