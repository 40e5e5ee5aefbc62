#ifndef WRIFTAI_CLIENT_HOST_H_
#define WRIFTAI_CLIENT_HOST_H_

#include <functional>
#include <ostream>

#include "absl/time/time.h"

// The program's environment, which tests replace.

namespace wriftai::client {

// The longest time to block before checking the clock and for a signal. Also
// the status line's refresh interval. Short enough for Ctrl-C to feel
// immediate.
inline constexpr absl::Duration kTick = absl::Milliseconds(100);

// Output streams. Results go to `out`, everything else to `err`.
struct Console {
  std::ostream& out;
  std::ostream& err;

  // Whether the stream is a terminal that understands escape sequences.
  bool out_is_terminal = false;
  bool err_is_terminal = false;

  // Returns the number of columns of the terminal of `err`; 0 if unknown.
  // Called for each line, since the window may be resized.
  std::function<int()> width;

  // Whether NO_COLOR is set (no-color.org).
  bool no_color = false;

  // The time of day, for ages.
  std::function<absl::Time()> now = absl::UnixEpoch;
};

// Threads: one. Fails: never.
class Clock {
 public:
  virtual ~Clock() = default;

  // Monotonic; only differences are meaningful.
  virtual absl::Time Now() = 0;

  virtual void Sleep(absl::Duration duration) = 0;
};

// Reports signals that ask the program to stop.
//
// Threads: one. Fails: never.
class Interrupt {
 public:
  virtual ~Interrupt() = default;

  // The number of the first such signal; 0 if none has arrived.
  virtual int Signal() = 0;
};

struct Host {
  Console& console;
  Clock& clock;
  Interrupt& interrupt;

  // Returns values in [0, 1), for jitter.
  std::function<double()> random;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_HOST_H_
