#ifndef WRIFTAI_BASE_VERSION_H_
#define WRIFTAI_BASE_VERSION_H_

#include <string>

#include "absl/strings/string_view.h"

// The version of the build, the same for all programs. All functions: any
// thread.

namespace wriftai {

// Such as "0.1.0".
absl::string_view Version();

// The first 12 digits of the git commit; uncommitted changes are not reflected.
// "unknown" if git was not available.
absl::string_view Commit();

// The output of `program --version`, including the newline.
std::string VersionLine(absl::string_view program);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_VERSION_H_
