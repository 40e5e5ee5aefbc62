#include "base/small_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/unique_fd.h"

namespace wriftai {
namespace {

absl::Status FromErrno(int error) {
  const char* const reason = std::strerror(error);
  if (error == ENOENT) return absl::NotFoundError(reason);
  return absl::InvalidArgumentError(reason);
}

absl::Status CheckRegular(const struct stat& file) {
  if (S_ISREG(file.st_mode)) return absl::OkStatus();
  return absl::InvalidArgumentError(
      S_ISDIR(file.st_mode) ? "a directory" : "not a regular file");
}

}  // namespace

absl::StatusOr<std::string> ReadSmallFile(const std::string& path,
                                          size_t max_bytes) {
  // Check before open(), which may have a side effect if this is not a regular
  // file: it unblocks the writer of a FIFO, for example.
  struct stat file = {};
  if (stat(path.c_str(), &file) != 0) return FromErrno(errno);
  if (absl::Status status = CheckRegular(file); !status.ok()) return status;
  const UniqueFd fd(
      open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
  if (fd.get() < 0 || fstat(fd.get(), &file) != 0) return FromErrno(errno);
  if (absl::Status status = CheckRegular(file); !status.ok()) return status;

  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t count = read(fd.get(), buffer, sizeof(buffer));
    if (count == 0) return text;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return FromErrno(errno);
    text.append(buffer, static_cast<size_t>(count));
    if (text.size() > max_bytes) {
      return absl::InvalidArgumentError(
          absl::StrCat("larger than ", max_bytes >> 10, " KiB"));
    }
  }
}

}  // namespace wriftai
