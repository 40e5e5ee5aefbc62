#include "base/version.h"

#include "absl/strings/str_cat.h"

namespace wriftai {

absl::string_view Version() { return WRIFTAI_VERSION; }

absl::string_view Commit() { return WRIFTAI_COMMIT; }

std::string VersionLine(absl::string_view program) {
  return absl::StrCat(program, " ", Version(), " (", Commit(), ")\n");
}

}  // namespace wriftai
