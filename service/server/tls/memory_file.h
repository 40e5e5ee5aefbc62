#ifndef WRIFTAI_SERVICE_SERVER_TLS_MEMORY_FILE_H_
#define WRIFTAI_SERVICE_SERVER_TLS_MEMORY_FILE_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "base/unique_fd.h"

namespace wriftai {

// An in-memory file for a library that watches a path for changes. Readers see
// the old or the new text, never a part of it, and each text has its own
// modification time.
//
// Threads: one caller of Replace() at a time; readers any. Owns: the memory.
// Fails: Replace(), without free memory or descriptors, and then keeps the old
// text.
class MemoryFile {
 public:
  absl::Status Replace(absl::string_view text);

  // Valid in this process, from the first Replace() until destruction.
  std::string path() const;

 private:
  UniqueFd fd_;
  int64_t written_at_ = 0;  // Seconds since the Unix epoch.
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_TLS_MEMORY_FILE_H_
