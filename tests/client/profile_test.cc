#include "client/arguments/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "absl/strings/str_cat.h"

namespace wriftai::client {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

class ProfileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    home_ = ::testing::TempDir() +
            ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(home_);
    std::filesystem::create_directories(home_ + "/.config/wriftctl");
    environment_["HOME"] = home_;
    path_ = home_ + "/.config/wriftctl/config";
  }

  void Write(const std::string& path, const std::string& text,
             mode_t mode = 0600) {
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
  }

  // "" or the error, without the file's path.
  std::string Apply(ProfileChoice choice = {}) {
    const absl::Status status = ApplyProfile(
        choice,
        [this](const char* name) -> const char* {
          const auto found = environment_.find(name);
          return found == environment_.end() ? nullptr : found->second.c_str();
        },
        flags_, warnings_);
    std::string message(status.message());
    const size_t at = message.find(path_);
    if (at != std::string::npos) message.replace(at, path_.size(), "CONFIG");
    return message;
  }

  std::string home_;
  std::string path_;
  std::map<std::string, std::string> environment_;
  Flags flags_;
  std::vector<std::string> warnings_;
};

TEST_F(ProfileTest, MissingFileChangesNothing) {
  EXPECT_EQ(Apply(), "");
  environment_.clear();
  EXPECT_EQ(Apply(), "");
  EXPECT_EQ(flags_.address, "localhost:50051");
}

// As in a container that runs as another user than its home folder's.
TEST_F(ProfileTest, UnreadableFolderChangesNothing) {
  environment_["HOME"] = "/dev/null";
  EXPECT_EQ(Apply(), "");
  EXPECT_EQ(Apply({"b"}).substr(0, 34), "--profile: cannot read /dev/null/.");
}

TEST_F(ProfileTest, RequiresTheFileOfTheVariable) {
  environment_["WRIFTCTL_CONFIG"] = "/nowhere/config";
  EXPECT_EQ(Apply(),
            "WRIFTCTL_CONFIG: cannot read /nowhere/config: no such file");
  environment_["WRIFTCTL_CONFIG"] = "/dev/null";
  EXPECT_EQ(Apply(), "");
}

TEST_F(ProfileTest, NamesTheDefaultFileThatCannotBeRead) {
  std::filesystem::create_directory(path_);
  EXPECT_THAT(Apply(), StartsWith("cannot read CONFIG: "));
  EXPECT_THAT(Apply({"b"}), StartsWith("--profile: cannot read CONFIG: "));
}

TEST_F(ProfileTest, AppliesTheDefaultSection) {
  Write(path_,
        "# mine\n[other]\naddress = no:1\n\n[default]\n  address = a:1\n"
        "tls=true\nserver-name = gw.test\ntimeout = 5m\noutput = json\n");
  EXPECT_EQ(Apply(), "");
  EXPECT_EQ(flags_.address, "a:1");
  EXPECT_TRUE(flags_.tls);
  EXPECT_EQ(flags_.server_name, "gw.test");
  EXPECT_EQ(flags_.timeout, absl::Minutes(5));
  EXPECT_EQ(flags_.output, OutputFormat::kJson);
}

TEST_F(ProfileTest, AppliesTheNamedSection) {
  Write(path_, "[default]\naddress = a:1\n[b]\naddress = b:1\n");
  EXPECT_EQ(Apply({"b"}), "");
  EXPECT_EQ(flags_.address, "b:1");
  EXPECT_EQ(Apply({"c"}),
            "--profile: CONFIG has no section [c]; it has default, b");
}

TEST_F(ProfileTest, FindsTheFileByVariables) {
  const std::string folder = home_ + "/xdg/wriftctl";
  std::filesystem::create_directories(folder);
  Write(folder + "/config", "[default]\naddress = xdg:1\n");
  environment_["XDG_CONFIG_HOME"] = home_ + "/xdg";
  EXPECT_EQ(Apply(), "");
  EXPECT_EQ(flags_.address, "xdg:1");
  Write(home_ + "/mine", "[default]\naddress = mine:1\n");
  environment_["WRIFTCTL_CONFIG"] = home_ + "/mine";
  EXPECT_EQ(Apply(), "");
  EXPECT_EQ(flags_.address, "mine:1");
}

TEST_F(ProfileTest, ResolvesFilesBesideItAndAtHome) {
  Write(path_,
        "[default]\nca_file = ca.pem\ncert_file = ~/cert\nkey_file = /key\n");
  EXPECT_EQ(Apply(), "");
  EXPECT_EQ(flags_.ca_file, home_ + "/.config/wriftctl/ca.pem");
  EXPECT_EQ(flags_.cert_file, home_ + "/cert");
  EXPECT_EQ(flags_.key_file, "/key");
}

TEST_F(ProfileTest, KeepsTokenFromOtherAddresses) {
  Write(path_, "[default]\naddress = a:1\ntoken_file = t\n");
  Write(home_ + "/.config/wriftctl/t", "secret");
  EXPECT_EQ(Apply(), "");
  EXPECT_EQ(flags_.token_file, home_ + "/.config/wriftctl/t");
  EXPECT_EQ(Apply({"", /*address_given=*/true}), "");
  EXPECT_EQ(flags_.token_file, "");
}

TEST_F(ProfileTest, WarnsOfTokenThatOthersCanRead) {
  const std::string token = home_ + "/.config/wriftctl/t";
  Write(path_, "[default]\ntoken_file = t\n");
  Write(token, "secret", 0600);
  EXPECT_EQ(Apply(), "");
  EXPECT_THAT(warnings_, IsEmpty());
  Write(token, "secret", 0644);
  EXPECT_EQ(Apply(), "");
  EXPECT_THAT(
      warnings_,
      ElementsAre(absl::StrCat(
          token, ": other users can read this token. Run: chmod 600 ", token)));
}

TEST_F(ProfileTest, RefusesFileThatOthersCanWrite) {
  Write(path_, "[default]\naddress = a:1\n", 0620);
  EXPECT_EQ(Apply(), absl::StrCat("CONFIG: other users can write it, and so "
                                  "redirect your token. Run: chmod go-w ",
                                  path_));
}

TEST_F(ProfileTest, RefusesTokenWithoutQuotingIt) {
  Write(path_, "[default]\ntoken = abc123\n");
  EXPECT_EQ(Apply(),
            "CONFIG: line 2: token is not allowed in this file: write the "
            "token to a file of its own, and set token_file to its name");
}

TEST_F(ProfileTest, ReportsTheLineAndWhatWasExpected) {
  const std::pair<std::string, std::string> kCases[] = {
      {"address = a\n",
       "CONFIG: line 1: expected a section first, such as [default]"},
      {"[default]\naddress a\n",
       "CONFIG: line 2: expected [NAME] or NAME = VALUE"},
      {"[default\n", "CONFIG: line 1: expected [NAME]"},
      {"[a]\n[a]\n", "CONFIG: line 2: second section [a]"},
      {"[a]\ntls = true\ntls = true\n",
       "CONFIG: line 3: second setting of tls"},
      {"[default]\n\ntls = yes\n",
       "CONFIG: line 3: tls: expected true or false"},
      {"[default]\ntimeout = 5\n",
       "CONFIG: line 2: timeout: expected a duration from 1ms to 168h, such as "
       "10s"},
      {"[default]\nadress = a\n",
       "CONFIG: line 2: adress: unknown setting. Did you mean address?"},
      {"[default]\nwait = true\n",
       "CONFIG: line 2: wait: unknown setting; expected output, color, "
       "address, token_file, tls, ca_file, cert_file, key_file, server_name, "
       "timeout, retry_for"},
  };
  for (const auto& [text, message] : kCases) {
    Write(path_, text);
    EXPECT_EQ(Apply(), message);
  }
}

}  // namespace
}  // namespace wriftai::client
