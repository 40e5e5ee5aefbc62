#include "service/engine/gateway_credential.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

class GatewayCredentialTest : public ::testing::Test {
 protected:
  GatewayCredentialTest()
      : file_(::testing::TempDir() + "token_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
  }
  ~GatewayCredentialTest() override { std::filesystem::remove(file_); }

  // Writes the file without changing its modification time, like tools that
  // preserve it.
  void Write(const std::string& text) {
    std::ofstream(file_, std::ios::trunc) << text;
    std::filesystem::last_write_time(file_, written_);
  }

  std::string Current(const GatewayCredential& credential) {
    event_loop_.Advance(absl::Seconds(1));
    return std::string(credential.token().Reveal());
  }

  ManualEventLoop event_loop_;
  const std::string file_;
  std::filesystem::file_time_type written_ =
      std::filesystem::file_time_type::clock::now();
};

TEST_F(GatewayCredentialTest, OpenReturnsNullWithoutTokenAndFile) {
  EXPECT_EQ(*GatewayCredential::Open(Secret(), "", event_loop_), nullptr);
}

TEST_F(GatewayCredentialTest, PrefersFileAndTrimsWhitespace) {
  Write(" abc\n");
  auto credential =
      GatewayCredential::Open(Secret("other"), file_, event_loop_);
  ASSERT_THAT(credential, IsOk());
  EXPECT_EQ(Current(**credential), "abc");
}

TEST_F(GatewayCredentialTest, ReloadsChangedFile) {
  Write("one");
  auto credential = *GatewayCredential::Open(Secret(), file_, event_loop_);
  EXPECT_EQ(Current(*credential), "one");
  Write("two");
  EXPECT_EQ(Current(*credential), "two");
}

TEST_F(GatewayCredentialTest, ChecksFileAtMostOncePerSecond) {
  Write("one");
  auto credential = *GatewayCredential::Open(Secret(), file_, event_loop_);
  EXPECT_EQ(Current(*credential), "one");
  Write("two");
  EXPECT_EQ(credential->token(), Secret("one"));
}

TEST_F(GatewayCredentialTest, KeepsLastGoodTokenOnInvalidFile) {
  Write("one");
  auto credential = *GatewayCredential::Open(Secret(), file_, event_loop_);
  Write("");
  EXPECT_EQ(Current(*credential), "one");
  std::filesystem::remove(file_);
  EXPECT_EQ(Current(*credential), "one");
  Write("two");
  EXPECT_EQ(Current(*credential), "two");
}

TEST_F(GatewayCredentialTest, RotationKeepsKeyAndPreviousToken) {
  Write("one");
  auto credential = *GatewayCredential::Open(Secret(), file_, event_loop_);
  EXPECT_TRUE(credential->previous_token().empty());
  const std::string key = credential->key();
  Write("two");
  EXPECT_EQ(Current(*credential), "two");
  EXPECT_EQ(credential->previous_token(), Secret("one"));
  EXPECT_EQ(credential->key(), key);
}

TEST_F(GatewayCredentialTest, RewritingSameTokenIsNotRotation) {
  Write("one");
  auto credential = *GatewayCredential::Open(Secret(), file_, event_loop_);
  Write("two");
  EXPECT_EQ(Current(*credential), "two");
  Write("two");
  EXPECT_EQ(Current(*credential), "two");
  EXPECT_EQ(credential->previous_token(), Secret("one"));
}

TEST_F(GatewayCredentialTest, KeyDoesNotDependOnToken) {
  auto credential = *GatewayCredential::Open(Secret("one"), "", event_loop_);
  EXPECT_EQ(credential->key(), "gateway");
  EXPECT_EQ(credential->display_name(), "gateway");
}

TEST_F(GatewayCredentialTest, MatchesCallerWithCurrentToken) {
  Write("one");
  auto credential = *GatewayCredential::Open(Secret(), file_, event_loop_);
  const Credential first(Secret("one"));
  const Credential second(Secret("two"));
  EXPECT_TRUE(credential->Matches(first));
  EXPECT_FALSE(credential->Matches(second));
  Write("two");
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_FALSE(credential->Matches(first));
  EXPECT_TRUE(credential->Matches(second));
}

TEST_F(GatewayCredentialTest, OpenRejectsFileWithoutValidToken) {
  const std::string expected =
      "--access_token_file " + file_ + ": expected one access token";
  for (const std::string& bad :
       {std::string("two words"), std::string("a\nb"),
        std::string("t\xc3\xb6ken"), std::string("a\0b", 3)}) {
    Write(bad);
    EXPECT_THAT(
        GatewayCredential::Open(Secret(), file_, event_loop_),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 expected + " of printable ASCII without spaces or line "
                            "breaks"));
  }
  for (const char* const empty : {"", " \n"}) {
    Write(empty);
    EXPECT_THAT(GatewayCredential::Open(Secret(), file_, event_loop_),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         expected + "; the file is empty"));
  }
}

// When the upstream rejected the old token within a second of the rotation, all
// Waits on the gateway's token ended.
TEST_F(GatewayCredentialTest, ReloadedTokenReadsFileAtOnce) {
  Write("one");
  const auto credential =
      *GatewayCredential::Open(Secret(), file_, event_loop_);
  EXPECT_EQ(credential->token().Reveal(), "one");
  Write("two");
  EXPECT_EQ(credential->token().Reveal(), "one");
  EXPECT_EQ(credential->ReloadedToken().Reveal(), "two");
  EXPECT_EQ(credential->token().Reveal(), "two");
  EXPECT_EQ(credential->previous_token().Reveal(), "one");
}

TEST_F(GatewayCredentialTest, OpenRejectsMissingFile) {
  EXPECT_THAT(GatewayCredential::Open(Secret(), "/does/not/exist", event_loop_),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace wriftai
