#ifndef WRIFTAI_BASE_PROCESS_START_H_
#define WRIFTAI_BASE_PROCESS_START_H_

#include "absl/status/status.h"

// What every program does before it does anything else, and how it ends where
// the system gives it too little. The libraries below us abort without a word
// when they get no thread, descriptor or memory.

namespace wriftai {

// Exit status of a start that the system does not give enough resources for.
inline constexpr int kExitNoResources = 1;

// - Opens /dev/null as each of the standard descriptors 0, 1 and 2 that is
//   closed. Otherwise the next file or socket would get its number, and lines
//   for stderr would end up in it.
// - Makes running out of memory, and abort() until StartCompleted(), one line
//   on stderr and an exit with kExitNoResources.
// - Ends the process in the same way when RLIMIT_AS is too low for the
//   libraries' own initializers.
//
// Safe before the libraries' initializers: put it into .preinit_array.
// `program` must outlive the process. Main thread.
void PrepareProcess(const char* program);

// From now on an abort() is more likely a bug than a limit: after the line,
// the signal's default action (a core dump) follows. Any thread.
void StartCompleted();

// Writes "PROGRAM: `what`" as one line to stderr, unless that would block.
// Async-signal-safe. Any thread.
void WriteLastLine(const char* what);

// What a program needs while it starts.
struct ResourceNeeds {
  int threads = 0;
  int descriptors = 0;
};

// Acquires all of `needs` at once, and gives it back: the limits of ulimit, of
// the cgroup and of the system all count. RESOURCE_EXHAUSTED: one line that
// names what is missing and which limit to look at. Blocks for some
// milliseconds. Main thread.
absl::Status CheckResources(const ResourceNeeds& needs);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_PROCESS_START_H_
