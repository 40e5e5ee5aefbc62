#include "client/output/output_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wriftai::client {
namespace {

absl::Status FileProblem(absl::string_view problem, const std::string& path) {
  return absl::InvalidArgumentError(
      absl::StrCat(problem, " ", path, ": ", std::strerror(errno)));
}

// The target of a symbolic link that names no file yet.
std::string NewTarget(std::string path) {
  constexpr int kMaxLinks = 40;  // As the kernel.
  for (int i = 0; i < kMaxLinks; ++i) {
    char target[PATH_MAX];
    const ssize_t size = readlink(path.c_str(), target, sizeof target);
    if (size <= 0) break;
    const absl::string_view next(target, static_cast<size_t>(size));
    // A relative target is beside its link.
    if (next[0] != '/') path.resize(path.rfind('/') + 1);
    path = next[0] == '/' ? std::string(next) : absl::StrCat(path, next);
  }
  return path;
}

// The target of a symbolic link; any other path is unchanged.
std::string Target(const std::string& path) {
  char* const real = realpath(path.c_str(), nullptr);
  if (real == nullptr) {
    // Links such as /dev/stdout may have a target without a name.
    return access(path.c_str(), F_OK) == 0 ? path : NewTarget(path);
  }
  std::string result = real;
  std::free(real);
  return result;
}

// What a new file gets.
mode_t DefaultMode() {
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
}

}  // namespace

OutputFile::OutputFile(std::string path, std::string new_path)
    : path_(std::move(path)),
      new_path_(std::move(new_path)),
      stream_(new_path_.empty() ? path_ : new_path_, std::ios::binary) {}

OutputFile::~OutputFile() {
  if (!new_path_.empty()) unlink(new_path_.c_str());
}

absl::StatusOr<std::unique_ptr<OutputFile>> OutputFile::Open(
    const std::string& path) {
  const std::string target = Target(path);
  struct stat old = {};
  const bool exists = stat(target.c_str(), &old) == 0;
  if (!exists && errno == ELOOP) return FileProblem("cannot create", path);
  std::string new_path;
  if (!exists || S_ISREG(old.st_mode)) {
    new_path = absl::StrCat(target, ".XXXXXX");
    const int descriptor = mkstemp(new_path.data());
    if (descriptor < 0) return FileProblem("cannot create", path);
    fchmod(descriptor, exists ? old.st_mode & 07777 : DefaultMode());
    close(descriptor);
  } else if (S_ISDIR(old.st_mode)) {
    errno = EISDIR;
    return FileProblem("cannot create", path);
  }
  std::unique_ptr<OutputFile> file(new OutputFile(target, new_path));
  if (!file->stream_) return FileProblem("cannot create", path);
  return file;
}

absl::Status OutputFile::Commit() {
  errno = 0;
  stream_.close();
  if (!stream_) return FileProblem("cannot write", path_);
  if (new_path_.empty()) return absl::OkStatus();
  if (std::rename(new_path_.c_str(), path_.c_str()) != 0) {
    return FileProblem("cannot write", path_);
  }
  new_path_.clear();
  return absl::OkStatus();
}

}  // namespace wriftai::client
