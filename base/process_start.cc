#include "base/process_start.h"

#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/uio.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <new>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "base/unique_fd.h"

namespace wriftai {
namespace {

// Below this, the initializers of gRPC and protobuf were observed to fail
// unpredictably.
constexpr rlim_t kMinAddressSpace = rlim_t{64} << 20;

constexpr int kArenasWhenLimited = 2;

// Address space in addition to the threads' stacks and heaps. About three times
// what the programs were seen to use until they serve.
constexpr size_t kSpareAddressSpace = size_t{64} << 20;

const char* program_name = "";
std::atomic<bool> start_completed{false};

constexpr char kTooLittle[] =
    "cannot start: not enough memory, threads or file descriptors; raise "
    "ulimit -v, -u or -n, or the container's limits";

[[noreturn]] void ExitOutOfMemory() {
  WriteLastLine(
      "out of memory; raise ulimit -v or the container's memory limit");
  _exit(kExitNoResources);
}

void OnAbort(int signal_number) {
  if (!start_completed.load()) {
    WriteLastLine(kTooLittle);
    _exit(kExitNoResources);
  }
  WriteLastLine(
      "aborted: a library could not get memory, a thread or a file descriptor "
      "(ulimit -v, -u, -n), or this is a bug");
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

// Standard input cannot be read if write-only, nor standard output written if
// read-only.
int AccessMode(int fd, ClosedStreams closed) {
  if (closed == ClosedStreams::kDiscard || fd == STDERR_FILENO) return O_RDWR;
  return fd == STDIN_FILENO ? O_WRONLY : O_RDONLY;
}

void OpenStandardDescriptors(ClosedStreams closed) {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF) continue;
    // open() returns the lowest free number, and those below are open.
    if (open("/dev/null", AccessMode(fd, closed)) != fd) {
      _exit(kExitNoResources);
    }
  }
}

void* WaitForRelease(void* release) {
  // Allocates this thread's heap, as any real work would.
  void* volatile memory = std::malloc(1);
  static_cast<absl::Notification*>(release)->WaitForNotification();
  std::free(memory);
  return nullptr;
}

// Returns 0, or the error of the first thread that could not be started.
int TryThreads(int count, bool* has_spare) {
  absl::Notification release;
  std::vector<pthread_t> threads;
  threads.reserve(static_cast<size_t>(count));
  int error = 0;
  while (error == 0 && threads.size() < static_cast<size_t>(count)) {
    pthread_t thread{};
    error = pthread_create(&thread, nullptr, WaitForRelease, &release);
    if (error == 0) threads.push_back(thread);
  }
  void* const spare = mmap(nullptr, kSpareAddressSpace, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  *has_spare = spare != MAP_FAILED;
  if (*has_spare) munmap(spare, kSpareAddressSpace);
  release.Notify();
  for (const pthread_t thread : threads) pthread_join(thread, nullptr);
  return error;
}

bool HasAddressSpaceLimit() {
  rlimit limit = {};
  return getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
}

}  // namespace

void WriteLastLine(const char* what) {
  pollfd ready = {STDERR_FILENO, POLLOUT, 0};
  if (poll(&ready, 1, 0) != 1 || (ready.revents & POLLOUT) == 0) return;
  const auto part = [](const char* text) {
    return iovec{const_cast<char*>(text), std::strlen(text)};
  };
  const iovec line[] = {part(program_name), part(": "), part(what), part("\n")};
  // There is nowhere to report an error.
  static_cast<void>(writev(STDERR_FILENO, line, std::size(line)) == 0);
}

void PrepareProcess(const char* program, ClosedStreams closed) {
  program_name = program;
  OpenStandardDescriptors(closed);
  std::set_new_handler(ExitOutOfMemory);
  // libstdc++'s own handler prints several lines.
  std::set_terminate(std::abort);
  struct sigaction on_abort = {};
  on_abort.sa_handler = OnAbort;
  sigaction(SIGABRT, &on_abort, nullptr);
  rlimit limit = {};
  if (getrlimit(RLIMIT_AS, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) {
    return;
  }
  if (limit.rlim_cur < kMinAddressSpace) {
    WriteLastLine(kTooLittle);
    _exit(kExitNoResources);
  }
  // Otherwise the heaps of the first threads, 64 MiB each, leave no address
  // space for the stacks of the next ones.
  mallopt(M_ARENA_MAX, kArenasWhenLimited);
}

void StartCompleted() { start_completed.store(true); }

absl::Status CheckResources(const ResourceNeeds& needs) {
  std::vector<UniqueFd> descriptors;
  descriptors.reserve(static_cast<size_t>(needs.descriptors));
  for (int i = 0; i < needs.descriptors; ++i) {
    descriptors.emplace_back(fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3));
    if (descriptors.back().get() >= 0) continue;
    return absl::ResourceExhaustedError(absl::StrCat(
        "cannot start: requires ", needs.descriptors,
        " file descriptors, but only ", i, " are left; raise ulimit -n"));
  }
  descriptors.clear();
  bool has_spare = false;
  const int error = TryThreads(needs.threads, &has_spare);
  if (error != 0 && !HasAddressSpaceLimit()) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "cannot start ", needs.threads, " threads: ", std::strerror(error),
        "; raise ulimit -u or the container's process limit, or lower ulimit "
        "-s"));
  }
  if (error != 0 || !has_spare) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "cannot start: not enough memory for ", needs.threads, " threads and ",
        kSpareAddressSpace >> 20, " MiB; raise ulimit -v or ulimit -u"));
  }
  return absl::OkStatus();
}

}  // namespace wriftai
