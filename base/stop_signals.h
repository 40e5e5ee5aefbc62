#ifndef WRIFTAI_BASE_STOP_SIGNALS_H_
#define WRIFTAI_BASE_STOP_SIGNALS_H_

#include <functional>
#include <memory>

#include "absl/time/time.h"

namespace wriftai {

// The signals of a program that stops gracefully, handled by a thread of its
// own, so that they work at any moment, also while the start hangs:
//
// - SIGTERM, SIGINT, SIGQUIT and SIGHUP stop it; SIGHUP not where it was
//   ignored when the program was started, as nohup does.
// - A start that has not reached Serving() a second later is ended at once:
//   there is nothing to stop gracefully yet.
// - A second one ends the process at once, except SIGHUP: when a terminal
//   closes, both the shell and the system send one, and systemd can send it
//   after SIGTERM.
// - What else would end the process silently (SIGUSR1, SIGUSR2, SIGALRM,
//   real-time signals, …) is reported and has no effect; SIGPIPE and SIGXFSZ
//   are errors of a write.
// - Job control (SIGTSTP, …), faults, SIGPROF and SIGXCPU keep their defaults.
//
// Whatever ends the process at once writes a line first, and then ends it by
// the signal, or with 128 + its number where that is not possible (PID 1).
//
// Threads: main. Owns: nothing that has to be destroyed; the thread lives as
// long as the process. Fails: never; the thread can be started, see
// CheckResources().
class StopSignals {
 public:
  // Blocks the signals in this thread, and so in all that it starts from now
  // on: before any other thread.
  StopSignals();

  // Starts the thread. `on_ignored` is called on it, with a signal that has no
  // effect.
  void Watch(std::function<void(int signal_number)> on_ignored);

  // The program is ready: signals stop it gracefully from now on.
  void Serving();

  // Blocks until the first signal that stops the program; its number.
  int Wait();

  // If the process has not ended within `patience`, SIGALRM ends it.
  void SetDeadline(absl::Duration patience);

 private:
  struct State;

  const std::shared_ptr<State> state_;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_STOP_SIGNALS_H_
