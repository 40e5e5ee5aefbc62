#ifndef WRIFTAI_BASE_VERSION_H_
#define WRIFTAI_BASE_VERSION_H_

#include <string>

#include "absl/strings/string_view.h"

// What was built; all programs are of one version. All functions: any thread.

namespace wriftai {

// Such as "0.1.0".
absl::string_view Version();

// The first 12 digits of the git commit, without what was changed since;
// "unknown" where there was no git to ask.
absl::string_view Commit();

// What `program --version` prints, with its line's end.
std::string VersionLine(absl::string_view program);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_VERSION_H_
