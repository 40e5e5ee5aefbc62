#include "service/engine/own_credential.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

class OwnCredentialTest : public ::testing::Test {
 protected:
  OwnCredentialTest()
      : file_(::testing::TempDir() + "token_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
  }
  ~OwnCredentialTest() override { std::filesystem::remove(file_); }

  // Writes the file. Its time of modification stays the same, as with tools
  // that set it.
  void Write(const std::string& text) {
    std::ofstream(file_, std::ios::trunc) << text;
    std::filesystem::last_write_time(file_, written_);
  }

  std::string Current(const OwnCredential& own) {
    scheduler_.Advance(absl::Seconds(1));
    return std::string(own.token().Reveal());
  }

  ManualScheduler scheduler_;
  const std::string file_;
  std::filesystem::file_time_type written_ =
      std::filesystem::file_time_type::clock::now();
};

TEST_F(OwnCredentialTest, WithoutTokenAndFileThereIsNone) {
  EXPECT_EQ(*OwnCredential::Open(Secret(), "", scheduler_), nullptr);
}

TEST_F(OwnCredentialTest, TheFileWinsAndIsTrimmed) {
  Write(" abc\n");
  auto own = OwnCredential::Open(Secret("other"), file_, scheduler_);
  ASSERT_THAT(own, IsOk());
  EXPECT_EQ(Current(**own), "abc");
}

TEST_F(OwnCredentialTest, AChangedFileIsReadAgain) {
  Write("one");
  auto own = *OwnCredential::Open(Secret(), file_, scheduler_);
  EXPECT_EQ(Current(*own), "one");
  Write("two");
  EXPECT_EQ(Current(*own), "two");
}

TEST_F(OwnCredentialTest, LooksAtMostOnceASecond) {
  Write("one");
  auto own = *OwnCredential::Open(Secret(), file_, scheduler_);
  EXPECT_EQ(Current(*own), "one");
  Write("two");
  EXPECT_EQ(own->token(), Secret("one"));
}

TEST_F(OwnCredentialTest, ABadFileLeavesTheLastGoodToken) {
  Write("one");
  auto own = *OwnCredential::Open(Secret(), file_, scheduler_);
  Write("");
  EXPECT_EQ(Current(*own), "one");
  std::filesystem::remove(file_);
  EXPECT_EQ(Current(*own), "one");
  Write("two");
  EXPECT_EQ(Current(*own), "two");
}

TEST_F(OwnCredentialTest, ARotationKeepsTheKeyAndThePreviousToken) {
  Write("one");
  auto own = *OwnCredential::Open(Secret(), file_, scheduler_);
  EXPECT_TRUE(own->previous_token().empty());
  const std::string key = own->key();
  Write("two");
  EXPECT_EQ(Current(*own), "two");
  EXPECT_EQ(own->previous_token(), Secret("one"));
  EXPECT_EQ(own->key(), key);
}

TEST_F(OwnCredentialTest, TheSameTokenWrittenAgainIsNoRotation) {
  Write("one");
  auto own = *OwnCredential::Open(Secret(), file_, scheduler_);
  Write("two");
  EXPECT_EQ(Current(*own), "two");
  Write("two");
  EXPECT_EQ(Current(*own), "two");
  EXPECT_EQ(own->previous_token(), Secret("one"));
}

TEST_F(OwnCredentialTest, ItsKeyIsNoTokensHash) {
  auto own = *OwnCredential::Open(Secret("one"), "", scheduler_);
  EXPECT_EQ(own->key(), "gateway");
  EXPECT_EQ(own->display_name(), "gateway");
}

TEST_F(OwnCredentialTest, MatchesTheCallerWithTheTokenInUse) {
  Write("one");
  auto own = *OwnCredential::Open(Secret(), file_, scheduler_);
  const Credential first(Secret("one"));
  const Credential second(Secret("two"));
  EXPECT_TRUE(own->Matches(first));
  EXPECT_FALSE(own->Matches(second));
  Write("two");
  scheduler_.Advance(absl::Seconds(1));
  EXPECT_FALSE(own->Matches(first));
  EXPECT_TRUE(own->Matches(second));
}

TEST_F(OwnCredentialTest, AFileThatHoldsNoTokenIsAnErrorAtStart) {
  for (const std::string& bad :
       {std::string(), std::string("two words"), std::string("a\nb"),
        std::string("t\xc3\xb6ken"), std::string("a\0b", 3)}) {
    Write(bad);
    EXPECT_THAT(
        OwnCredential::Open(Secret(), file_, scheduler_),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 "access_token_file " + file_ +
                     ": wanted a readable file with a token of printable "
                     "ASCII"));
  }
}

TEST_F(OwnCredentialTest, AMissingFileIsAnErrorAtStart) {
  EXPECT_THAT(OwnCredential::Open(Secret(), "/does/not/exist", scheduler_),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace wriftai
