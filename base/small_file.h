#ifndef WRIFTAI_BASE_SMALL_FILE_H_
#define WRIFTAI_BASE_SMALL_FILE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"

namespace wriftai {

// Reads a regular file; follows symbolic links. Never blocks on a writer, as
// reading a FIFO or a terminal would, and never reads more than `max_bytes`. A
// wrong path can therefore neither stop the program nor fill its memory.
// INVALID_ARGUMENT with only the reason, such as "not a regular file";
// NOT_FOUND if the file does not exist. Any thread.
absl::StatusOr<std::string> ReadSmallFile(const std::string& path,
                                          size_t max_bytes);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_SMALL_FILE_H_
