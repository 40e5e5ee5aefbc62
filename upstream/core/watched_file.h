#ifndef WRIFTAI_UPSTREAM_CORE_WATCHED_FILE_H_
#define WRIFTAI_UPSTREAM_CORE_WATCHED_FILE_H_

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "upstream/core/scheduler.h"

namespace wriftai {

// A small text file that may be replaced while the program runs, as a rotated
// Kubernetes secret is.
//
// Threads: one at a time. `scheduler` must outlive it. Fails: a file that
// cannot be read has no text.
class WatchedFile {
 public:
  WatchedFile(std::string path, const Scheduler& scheduler)
      : path_(std::move(path)), scheduler_(scheduler) {}

  const std::string& path() const { return path_; }

  // The text, without the white space around it; nothing if it cannot be read.
  // A file of more than 16 KiB is cut: a wrong path must not fill the memory.
  std::optional<std::string> Read();

  // The same, if the file was written since the last Read(); nothing if it was
  // not, or is missing. Looks at most once a second, so that it may be asked
  // for each request.
  std::optional<std::string> ReadIfChanged();

 private:
  const std::string path_;
  const Scheduler& scheduler_;
  std::filesystem::file_time_type written_at_;
  absl::Time looked_at_ = absl::InfinitePast();
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_CORE_WATCHED_FILE_H_
