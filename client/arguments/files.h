#ifndef WRIFTAI_CLIENT_ARGUMENTS_FILES_H_
#define WRIFTAI_CLIENT_ARGUMENTS_FILES_H_

#include <istream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/secret.h"

// Reads files that the command line names. All functions: any thread; they
// fail with INVALID_ARGUMENT, whose message names the file but never quotes
// its content.

namespace wriftai::client {

// Larger than any model's input, and small enough for several copies in
// memory. Also ends the read of an endless device.
inline constexpr size_t kMaxFileBytes = size_t{64} << 20;

absl::StatusOr<std::string> ReadFile(const std::string& path);

// Returns the file's content for "@path", all of `standard_input` for "@-",
// and otherwise `argument` itself.
absl::StatusOr<std::string> ReadArgument(absl::string_view argument,
                                         std::istream& standard_input);

// Returns the file without trailing white space, which editors and `echo` add.
// An empty file is an error.
absl::StatusOr<Secret> ReadSecretFile(const std::string& path);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_ARGUMENTS_FILES_H_
