#ifndef WRIFTAI_BASE_SMALL_FILE_H_
#define WRIFTAI_BASE_SMALL_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace wriftai {

// The text of a regular file, or of one that symbolic links lead to. Never
// waits for a writer, as reading a FIFO or a terminal would, and never reads
// more than `max_bytes`: a wrong path must neither stop the program nor fill
// its memory. INVALID_ARGUMENT with the reason alone, such as "not a regular
// file"; NOT_FOUND where there is no such file. Any thread.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path,
                                          size_t max_bytes);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_SMALL_FILE_H_
