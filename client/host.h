#ifndef WRIFTAI_CLIENT_HOST_H_
#define WRIFTAI_CLIENT_HOST_H_

#include <functional>
#include <ostream>

#include "absl/time/time.h"

// What the program runs in. The tests put their own in its place.

namespace wriftai::client {

// How long anything blocks before it looks at the time and for a signal: the
// rhythm of the status line, and short enough for Ctrl-C to feel immediate.
inline constexpr absl::Duration kTick = absl::Milliseconds(100);

// Where a command writes. Results go to `out`, everything else to `err`.
struct Console {
  std::ostream& out;
  std::ostream& err;

  // Whether a terminal that understands escape sequences stands behind it.
  bool out_is_terminal = false;
  bool err_is_terminal = false;

  // The columns of the terminal behind `err`, asked each time since windows
  // change; 0 when unknown.
  std::function<int()> width;
};

// Threads: one. Fails: never.
class Clock {
 public:
  virtual ~Clock() = default;

  // A clock that only goes forward; only differences have a meaning.
  virtual absl::Time Now() = 0;

  virtual void Sleep(absl::Duration duration) = 0;
};

// Tells whether the user wants to leave.
//
// Threads: one. Fails: never.
class Interrupt {
 public:
  virtual ~Interrupt() = default;

  // The number of the first signal that asked to leave, 0 before that. Stays.
  virtual int Signal() = 0;
};

struct Host {
  Console& console;
  Clock& clock;
  Interrupt& interrupt;

  // From 0 up to 1, for jitter.
  std::function<double()> random;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_HOST_H_
