#ifndef WRIFTAI_BASE_WATCHED_FILE_H_
#define WRIFTAI_BASE_WATCHED_FILE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace wriftai {

// A small file that may be replaced while the program runs, as a rotated
// Kubernetes secret is. What counts as a change is its contents: times of
// modification stay the same when tools such as `cp -p`, `rsync` or images set
// them, and when two versions are written within one tick of the clock.
//
// Threads: one at a time. Owns: a digest of what was read last. Fails: a file
// that ReadSmallFile() cannot read has a reason in place of a text.
class WatchedFile {
 public:
  WatchedFile(std::string path, size_t max_bytes)
      : path_(std::move(path)), max_bytes_(max_bytes) {}

  const std::string& path() const { return path_; }

  // The text, or why there is none: see ReadSmallFile().
  absl::StatusOr<std::string> Read();

  // Whether the last Read() returned something else than the one before.
  bool changed() const { return changed_; }

  // Read() at most once a second, so that it may be called for each request;
  // nothing in between, or if nothing has changed. `now`: EventLoop::Now().
  std::optional<absl::StatusOr<std::string>> ReadIfChanged(absl::Time now);

 private:
  const std::string path_;
  const size_t max_bytes_;
  std::string digest_;
  bool changed_ = false;
  absl::Time read_at_ = absl::InfinitePast();
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_WATCHED_FILE_H_
