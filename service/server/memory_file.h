#ifndef WRIFTAI_SERVICE_SERVER_MEMORY_FILE_H_
#define WRIFTAI_SERVICE_SERVER_MEMORY_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/unique_fd.h"

namespace wriftai {

// A file that is in memory alone, for a library that takes a path and looks
// for changes: it sees the old text or the new one, never a part of it, and
// each text has a time of its own.
//
// Threads: Replace() one at a time, readers any. Owns: the memory. Fails:
// Replace(), where the system has no memory or descriptor left, and then
// leaves the text as it was.
class MemoryFile {
 public:
  absl::Status Replace(absl::string_view text);

  // Valid in this process, from the first Replace() on, as long as this object.
  std::string path() const;

 private:
  UniqueFd fd_;
  int64_t written_at_ = 0;  // Seconds since the Unix epoch.
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_MEMORY_FILE_H_
