#include "service/webhook/webhook_secrets.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;

class WebhookSecretsTest : public ::testing::Test {
 protected:
  WebhookSecretsTest()
      : file_(::testing::TempDir() + "secrets_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
  }
  ~WebhookSecretsTest() override { std::filesystem::remove(file_); }

  // Writes the file and keeps its modification time, as some tools do.
  void Write(const std::string& text) {
    std::ofstream(file_, std::ios::trunc) << text;
    std::filesystem::last_write_time(file_, written_);
  }

  std::vector<std::string> Current(WebhookSecrets& secrets) {
    event_loop_.Advance(absl::Seconds(1));
    std::vector<std::string> texts;
    for (const Secret& secret : *secrets.Current()) {
      texts.emplace_back(secret.Reveal());
    }
    return texts;
  }

  ManualEventLoop event_loop_;
  const std::string file_;
  std::filesystem::file_time_type written_ =
      std::filesystem::file_time_type::clock::now();
};

TEST_F(WebhookSecretsTest, ReadsOneKeyPerLineInOrder) {
  Write("one\n\n  two\r\nthree");
  auto secrets = WebhookSecrets::Open(file_, event_loop_);
  ASSERT_THAT(secrets, IsOk());
  EXPECT_THAT(Current(**secrets), ElementsAre("one", "two", "three"));
}

TEST_F(WebhookSecretsTest, ReloadsRotatedKeys) {
  Write("old");
  auto secrets = *WebhookSecrets::Open(file_, event_loop_);
  EXPECT_THAT(Current(*secrets), ElementsAre("old"));
  Write("new\nold");
  EXPECT_THAT(Current(*secrets), ElementsAre("new", "old"));
  Write("new");
  EXPECT_THAT(Current(*secrets), ElementsAre("new"));
}

TEST_F(WebhookSecretsTest, ListInUseOutlivesRotation) {
  Write("old");
  auto secrets = *WebhookSecrets::Open(file_, event_loop_);
  const auto held = secrets->Current();
  Write("new");
  EXPECT_THAT(Current(*secrets), ElementsAre("new"));
  EXPECT_EQ(held->front().Reveal(), "old");
}

TEST_F(WebhookSecretsTest, KeepsLastValidKeysIfFileIsInvalid) {
  Write("one");
  auto secrets = *WebhookSecrets::Open(file_, event_loop_);
  Write("");
  EXPECT_THAT(Current(*secrets), ElementsAre("one"));
  Write("two words");
  EXPECT_THAT(Current(*secrets), ElementsAre("one"));
  std::filesystem::remove(file_);
  EXPECT_THAT(Current(*secrets), ElementsAre("one"));
  Write("two");
  EXPECT_THAT(Current(*secrets), ElementsAre("two"));
}

TEST_F(WebhookSecretsTest, OpenRejectsInvalidFile) {
  for (const std::string& bad :
       {std::string(), std::string("\n \n"), std::string("two words"),
        std::string("good\nb\xc3\xa4"), std::string("a\0b", 3),
        std::string("1\n2\n3\n4\n5\n6\n7\n8\n9")}) {
    Write(bad);
    EXPECT_THAT(
        WebhookSecrets::Open(file_, event_loop_),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 "webhook_secret_file " + file_ +
                     ": expected a readable file with 1 to 8 lines, each a key "
                     "of printable ASCII without spaces"));
  }
}

TEST_F(WebhookSecretsTest, OpenRejectsMissingFile) {
  EXPECT_THAT(WebhookSecrets::Open("/does/not/exist", event_loop_),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace wriftai
