#include "service/admin/settings_page.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/version.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

TEST(SettingsPageTest, HasOneLinePerSettingWithSourceAndDefault) {
  EXPECT_EQ(
      SettingsPage({{"--max_wait", "2h", true, "2h", "default"},
                    {"--read_rate", "5", false, "3", "GATEWAY_READ_RATE"},
                    {"--create_rate", "15", true, "15", "command line"},
                    {"TOKEN", "[redacted]", false, "none", "TOKEN"}}),
      absl::StrCat("# wriftai-gateway ", Version(), " (", Commit(),
                   "), the settings in use.\n"
                   "--max_wait=2h  # default\n"
                   "--read_rate=5  # set by GATEWAY_READ_RATE; default: 3\n"
                   "--create_rate=15  # set by command line, equal to the "
                   "default\n"
                   "TOKEN=[redacted]  # set by TOKEN; default: none\n"));
}

TEST(SettingsPageTest, KeepsEachValueOnItsLine) {
  const std::string page =
      SettingsPage({{"--file", "a\nb\x1b", false, "none", "command line"}});
  EXPECT_NE(page.find("\n--file=a b   # set"), std::string::npos) << page;
}

}  // namespace
}  // namespace wriftai
