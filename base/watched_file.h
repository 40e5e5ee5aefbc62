#ifndef WRIFTAI_BASE_WATCHED_FILE_H_
#define WRIFTAI_BASE_WATCHED_FILE_H_

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace wriftai {

// A small file that may be replaced at run time, such as a rotated Kubernetes
// secret. Changes are detected by content. Modification times are unreliable:
// `cp -p`, `rsync` and images set them, and two versions may be written within
// one clock tick.
//
// Threads: one at a time. Owns: a digest of the last read. Fails: as
// ReadSmallFile().
class WatchedFile {
 public:
  WatchedFile(std::string path, size_t max_bytes)
      : path_(std::move(path)), max_bytes_(max_bytes) {}

  const std::string& path() const { return path_; }

  // The text or an error: see ReadSmallFile().
  absl::StatusOr<std::string> Read();

  // Whether the result of the last Read() differs from the one before.
  bool changed() const { return changed_; }

  static constexpr absl::Duration kReadInterval = absl::Seconds(1);

  // Calls Read() at most once per kReadInterval, so this may be called for each
  // request. nullopt if it did not read or nothing changed. `now`:
  // EventLoop::Now().
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
