#ifndef WRIFTAI_CLIENT_SYSTEM_HOST_H_
#define WRIFTAI_CLIENT_SYSTEM_HOST_H_

#include <random>

#include "absl/time/time.h"
#include "client/host.h"

// The machine, as Host has it.

namespace wriftai::client {

class SteadyClock : public Clock {
 public:
  absl::Time Now() override;
  void Sleep(absl::Duration duration) override;
};

// SIGINT and SIGTERM: blocked, so that they end nothing, and read from a
// descriptor. Threads inherit what is blocked: to be made before the first
// one. Without descriptors the signals keep their own way.
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

// From 0 up to 1.
class Random {
 public:
  Random() : engine_(std::random_device()()) {}
  double operator()() { return distribution_(engine_); }

 private:
  std::minstd_rand engine_;
  std::uniform_real_distribution<double> distribution_;
};

// Whether `descriptor` is a terminal that knows escape sequences.
bool IsTerminal(int descriptor);

// The columns of the terminal behind `descriptor`, 0 when unknown.
int TerminalWidth(int descriptor);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_SYSTEM_HOST_H_
