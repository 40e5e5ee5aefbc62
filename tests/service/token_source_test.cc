#include "service/token_source.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/support/manual_scheduler.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

class TokenSourceTest : public ::testing::Test {
 protected:
  TokenSourceTest()
      : file_(::testing::TempDir() + "token_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name()) {
  }
  ~TokenSourceTest() override { std::filesystem::remove(file_); }

  // Writes the file; its time moves on with each, as that of a real one would.
  void Write(const std::string& text) {
    std::ofstream(file_, std::ios::trunc) << text;
    written_ += std::chrono::seconds(1);
    std::filesystem::last_write_time(file_, written_);
  }

  std::string Current(TokenSource& source) {
    scheduler_.Advance(absl::Seconds(1));
    return std::string(source.Current()->token().Reveal());
  }

  ManualScheduler scheduler_;
  const std::string file_;
  std::filesystem::file_time_type written_ =
      std::filesystem::file_time_type::clock::now();
};

TEST_F(TokenSourceTest, WithoutTokenAndFileThereIsNone) {
  EXPECT_EQ((*TokenSource::Open(Secret(), "", scheduler_))->Current(), nullptr);
}

TEST_F(TokenSourceTest, TheFileWinsAndIsTrimmed) {
  Write(" abc\n");
  auto source = TokenSource::Open(Secret("other"), file_, scheduler_);
  ASSERT_THAT(source, IsOk());
  EXPECT_EQ(Current(**source), "abc");
}

TEST_F(TokenSourceTest, AChangedFileIsReadAgain) {
  Write("one");
  auto source = *TokenSource::Open(Secret(), file_, scheduler_);
  EXPECT_EQ(Current(*source), "one");
  Write("two");
  EXPECT_EQ(Current(*source), "two");
}

TEST_F(TokenSourceTest, LooksAtMostOnceASecond) {
  Write("one");
  auto source = *TokenSource::Open(Secret(), file_, scheduler_);
  EXPECT_EQ(Current(*source), "one");
  Write("two");
  EXPECT_EQ(source->Current()->token().Reveal(), "one");
}

TEST_F(TokenSourceTest, ABadFileLeavesTheLastGoodToken) {
  Write("one");
  auto source = *TokenSource::Open(Secret(), file_, scheduler_);
  Write("");
  EXPECT_EQ(Current(*source), "one");
  std::filesystem::remove(file_);
  EXPECT_EQ(Current(*source), "one");
  Write("two");
  EXPECT_EQ(Current(*source), "two");
}

TEST_F(TokenSourceTest, AnUnchangedTokenKeepsItsCredential) {
  Write("one");
  auto source = *TokenSource::Open(Secret(), file_, scheduler_);
  const auto before = source->Current();
  scheduler_.Advance(absl::Seconds(5));
  EXPECT_EQ(source->Current(), before);
}

TEST_F(TokenSourceTest, AFileThatHoldsNoTokenIsAnErrorAtStart) {
  for (const std::string& bad :
       {std::string(), std::string("two words"), std::string("a\nb"),
        std::string("t\xc3\xb6ken"), std::string("a\0b", 3)}) {
    Write(bad);
    EXPECT_THAT(
        TokenSource::Open(Secret(), file_, scheduler_),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 "access_token_file " + file_ +
                     ": wanted a readable file with a token of printable "
                     "ASCII"));
  }
}

TEST_F(TokenSourceTest, AMissingFileIsAnErrorAtStart) {
  EXPECT_THAT(TokenSource::Open(Secret(), "/does/not/exist", scheduler_),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace wriftai
