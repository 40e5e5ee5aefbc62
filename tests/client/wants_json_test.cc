#include <sys/stat.h>

#include <fstream>
#include <map>
#include <string>

#include "absl/strings/str_split.h"
#include "client/arguments/command_line.h"
#include "gtest/gtest.h"

namespace wriftai::client {
namespace {

class WantsJsonTest : public ::testing::Test {
 protected:
  // `line` is split at spaces.
  bool Wants(const std::string& line) const {
    return WantsJson(
        absl::StrSplit(line, ' '), [this](const char* name) -> const char* {
          const auto found = environment_.find(name);
          return found == environment_.end() ? nullptr : found->second.c_str();
        });
  }

  std::map<std::string, std::string> environment_;
};

TEST_F(WantsJsonTest, DespiteOtherErrors) {
  EXPECT_TRUE(Wants("get -o json --bogus"));
  EXPECT_TRUE(Wants("creat --json"));
  EXPECT_FALSE(Wants("get --bogus json"));
  EXPECT_FALSE(Wants("get -- --json"));
  EXPECT_TRUE(Wants("get 42 --bogus -o json"));
  EXPECT_TRUE(Wants("get 42 -x -o json"));
  EXPECT_TRUE(Wants("get 42 --timeout -qo json"));
  EXPECT_TRUE(Wants("get 42 -output json"));
  EXPECT_TRUE(Wants("get 42 -output=json"));
  EXPECT_FALSE(Wants("get 42 -o json -o text"));
  environment_["WRIFTCTL_OUTPUT"] = "json";
  EXPECT_TRUE(Wants("get"));
  EXPECT_FALSE(Wants("get -o text"));
}

TEST_F(WantsJsonTest, OfTheProfile) {
  const std::string path = ::testing::TempDir() + "json_profile";
  std::ofstream(path) << "[default]\noutput = json\n[other]\noutput = id\n";
  chmod(path.c_str(), 0600);
  environment_["WRIFTCTL_CONFIG"] = path;
  EXPECT_TRUE(Wants("get 42"));
  EXPECT_FALSE(Wants("get 42 -o text"));
  EXPECT_FALSE(Wants("get 42 -p other"));
  EXPECT_TRUE(Wants("get 42 -p other --json"));
  environment_["WRIFTCTL_PROFILE"] = "other";
  EXPECT_FALSE(Wants("get 42"));
}

}  // namespace
}  // namespace wriftai::client
