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

// Blocks SIGINT and SIGTERM, so that they do not end the process, and reads
// them from a signalfd. Threads inherit the signal mask: create this before
// any thread. If signalfd() fails, the signals keep their default action.
class SignalInterrupt : public Interrupt {
 public:
  SignalInterrupt();
  ~SignalInterrupt() override;
  SignalInterrupt(const SignalInterrupt&) = delete;
  SignalInterrupt& operator=(const SignalInterrupt&) = delete;

  int Signal() override;

 private:
  int descriptor_;
  int signal_ = 0;
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
