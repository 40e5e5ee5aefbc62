#include "service/admin/settings_page.h"

#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "base/version.h"

namespace wriftai {

std::string SettingsPage(const std::vector<Setting>& settings) {
  // Longer than any path or list in use; it only keeps a line readable.
  constexpr size_t kMaxValueBytes = 4096;
  std::string page = absl::StrCat("# wriftai-gateway ", Version(), " (",
                                  Commit(), "), the settings in use.\n");
  for (const Setting& setting : settings) {
    absl::StrAppend(&page, setting.name, "=",
                    SanitizeText(setting.value, kMaxValueBytes), "  # ");
    if (setting.source == "default") {
      absl::StrAppend(&page, "default\n");
    } else {
      absl::StrAppend(&page, "set by ", setting.source,
                      setting.is_default
                          ? ", equal to the default"
                          : absl::StrCat("; default: ", setting.default_value),
                      "\n");
    }
  }
  return page;
}

}  // namespace wriftai
