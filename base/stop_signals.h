#ifndef WRIFTAI_BASE_STOP_SIGNALS_H_
#define WRIFTAI_BASE_STOP_SIGNALS_H_

#include <functional>
#include <memory>

#include "absl/time/time.h"

namespace wriftai {

// The signals of a program with graceful shutdown. A dedicated thread handles
// them, so they work at any time, even while startup hangs:
//
// - SIGTERM, SIGINT, SIGQUIT and SIGHUP start a graceful shutdown. SIGHUP stays
//   ignored if it was ignored at startup, as under nohup.
// - If Serving() is not reached within a second after the signal, the process
//   exits immediately: there is nothing to shut down gracefully yet.
// - A second signal exits immediately, except SIGHUP: when a terminal closes,
//   both the shell and the system send one, and systemd can send it after
//   SIGTERM.
// - Other signals that would end the process silently (SIGUSR1, SIGUSR2,
//   SIGALRM, real-time signals, …) are reported and have no effect. SIGPIPE and
//   SIGXFSZ become write errors.
// - Job control (SIGTSTP, …), faults, SIGPROF and SIGXCPU keep their defaults.
//
// An immediate exit writes a line, then raises the signal with its default
// action. Where that is not possible (PID 1), it exits with 128 + the number.
//
// Threads: main. Owns: nothing that must be destroyed; the thread runs as long
// as the process. Fails: never; CheckResources() ensures that the thread can be
// started.
class StopSignals {
 public:
  // Blocks the signals in this thread and in all threads that it starts later.
  // Construct it before any other thread exists.
  StopSignals();

  // Starts the thread, which calls `on_ignored` for each signal without effect.
  void Watch(std::function<void(int signal_number)> on_ignored);

  // Startup is complete: signals now start a graceful shutdown.
  void Serving();

  // Blocks until the first signal that stops the program. Returns its number.
  int Wait();

  // If the process has not exited within `timeout`, SIGALRM ends it.
  void SetDeadline(absl::Duration timeout);

 private:
  struct State;

  const std::shared_ptr<State> state_;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_STOP_SIGNALS_H_
