#ifndef WRIFTAI_BASE_PROCESS_START_H_
#define WRIFTAI_BASE_PROCESS_START_H_

#include "absl/status/status.h"

// The first steps of every program, and how it exits if the system lacks
// resources. Libraries such as gRPC abort without a message when they cannot
// get a thread, descriptor or memory.

namespace wriftai {

// Exit status if the system lacks the resources to start.
inline constexpr int kExitNoResources = 1;

// What a closed standard input or output does.
enum class ClosedStreams {
  kDiscard,  // Is an empty input, and discards output.
  kFail,     // Fails to be read or written, for programs that have results.
};

// - Opens /dev/null as each standard descriptor (0, 1, 2) that is closed.
//   Otherwise the next file or socket would get its number, and lines for
//   stderr would end up in it. `closed` applies to stdin and stdout.
// - When memory runs out, or on abort() before StartCompleted(), writes one
//   line to stderr and exits with kExitNoResources.
// - Exits in the same way if RLIMIT_AS is too low for the libraries'
//   initializers.
//
// Safe before the libraries' initializers: put it into .preinit_array.
// `program` must outlive the process. Main thread.
void PrepareProcess(const char* program,
                    ClosedStreams closed = ClosedStreams::kDiscard);

// After this, an abort() is more likely a bug than a limit: the signal's
// default action (a core dump) follows the line. Any thread.
void StartCompleted();

// Writes "PROGRAM: `what`" as one line to stderr, unless that would block.
// Async-signal-safe. Any thread.
void WriteLastLine(const char* what);

// What a program needs to start.
struct ResourceNeeds {
  int threads = 0;
  int descriptors = 0;
};

// Acquires all of `needs` at once and releases it. This tests the limits of
// ulimit, the cgroup and the system together. RESOURCE_EXHAUSTED: one line that
// names what is missing and which limit to raise. Blocks for some milliseconds.
// Main thread.
absl::Status CheckResources(const ResourceNeeds& needs);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_PROCESS_START_H_
