#ifndef WRIFTAI_CLIENT_FILES_H_
#define WRIFTAI_CLIENT_FILES_H_

#include <istream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/secret.h"

// What the command line names instead of spelling out. All functions: any
// thread; they fail with INVALID_ARGUMENT, whose message names the file and
// never quotes it.

namespace wriftai::client {

// More than any model is given, little enough to be held a few times over; a
// device that never ends is noticed.
inline constexpr size_t kMaxFileBytes = size_t{64} << 20;

absl::StatusOr<std::string> ReadFile(const std::string& path);

// `argument` itself, or what it stands for: "@path" a file, "@-" all of
// `standard_input`.
absl::StatusOr<std::string> ReadArgument(absl::string_view argument,
                                         std::istream& standard_input);

// The file without the white space at its end, which editors and `echo` add.
// Empty is an error.
absl::StatusOr<Secret> ReadSecretFile(const std::string& path);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_FILES_H_
