#include "service/admin/log_level_page.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "service/logging/log_options.h"
#include "service/logging/logging.h"

namespace wriftai {

PageResponse LogLevelPage::Get() const {
  return {200, absl::StrCat(LogLevelName(logging_.level()), "\n")};
}

PageResponse LogLevelPage::Put(absl::string_view query) const {
  absl::string_view name;
  for (absl::string_view parameter : absl::StrSplit(query, '&')) {
    if (absl::ConsumePrefix(&parameter, "level=")) name = parameter;
  }
  const auto level = LogLevelFrom(name);
  if (!level.ok()) {
    return {400, absl::StrCat("level: ", level.status().message(),
                              ", as in PUT /log_level?level=debug\n")};
  }
  logging_.SetLevel(*level, clock_.Now());
  on_change_();
  return Get();
}

}  // namespace wriftai
