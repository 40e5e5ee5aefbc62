#include "service/server/tls/memory_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wriftai {
namespace {

// MFD_NOEXEC_SEAL of Linux 6.3, which this libc does not define yet.
constexpr unsigned kNotExecutable = 8;

// Some kernels refuse executable memory files; older ones do not know the flag.
UniqueFd NewMemory() {
  UniqueFd memory(memfd_create("tls", MFD_CLOEXEC | kNotExecutable));
  if (memory.get() >= 0 || errno != EINVAL) return memory;
  return UniqueFd(memfd_create("tls", MFD_CLOEXEC));
}

}  // namespace

absl::Status MemoryFile::Replace(absl::string_view text) {
  UniqueFd next = NewMemory();
  while (next.get() >= 0 && !text.empty()) {
    const ssize_t written = write(next.get(), text.data(), text.size());
    if (written < 0) break;
    text.remove_prefix(static_cast<size_t>(written));
  }
  // Readers compare modification times in whole seconds.
  const int64_t now = std::max<int64_t>(written_at_ + 1, std::time(nullptr));
  const timespec times[2] = {{now, 0}, {now, 0}};
  if (next.get() < 0 || !text.empty() || futimens(next.get(), times) != 0) {
    return absl::ErrnoToStatus(errno, "cannot keep a file in memory");
  }
  if (fd_.get() < 0) {
    fd_ = std::move(next);
  } else if (dup3(next.get(), fd_.get(), O_CLOEXEC) < 0) {
    return absl::ErrnoToStatus(errno, "cannot keep a file in memory");
  }
  written_at_ = now;
  return absl::OkStatus();
}

std::string MemoryFile::path() const {
  return absl::StrCat("/proc/self/fd/", fd_.get());
}

}  // namespace wriftai
