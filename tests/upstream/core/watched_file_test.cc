#include "upstream/core/watched_file.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/manual_scheduler.h"

namespace wriftai {
namespace {

using ::testing::Optional;

class WatchedFileTest : public ::testing::Test {
 protected:
  WatchedFileTest()
      : path_(::testing::TempDir() + "watched_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name()),
        file_(path_, scheduler_) {}
  ~WatchedFileTest() override { std::filesystem::remove_all(path_); }

  // Writes the file; its time moves on with each, as that of a real one would.
  void Write(const std::string& text) {
    std::ofstream(path_, std::ios::trunc) << text;
    written_ += std::chrono::seconds(1);
    std::filesystem::last_write_time(path_, written_);
  }

  std::optional<std::string> NextSecond() {
    scheduler_.Advance(absl::Seconds(1));
    return file_.ReadIfChanged();
  }

  ManualScheduler scheduler_;
  const std::string path_;
  WatchedFile file_;
  std::filesystem::file_time_type written_ =
      std::filesystem::file_time_type::clock::now();
};

TEST_F(WatchedFileTest, ReadTrimsAndAMissingFileHasNoText) {
  EXPECT_EQ(file_.Read(), std::nullopt);
  Write(" a\nb \n");
  EXPECT_THAT(file_.Read(), Optional(std::string("a\nb")));
}

TEST_F(WatchedFileTest, AChangeIsToldOnce) {
  Write("one");
  file_.Read();
  EXPECT_EQ(NextSecond(), std::nullopt);
  Write("two");
  EXPECT_THAT(NextSecond(), Optional(std::string("two")));
  EXPECT_EQ(NextSecond(), std::nullopt);
}

TEST_F(WatchedFileTest, LooksOnceASecondAtTheMost) {
  Write("one");
  file_.Read();
  EXPECT_EQ(NextSecond(), std::nullopt);
  Write("two");
  scheduler_.Advance(absl::Milliseconds(999));
  EXPECT_EQ(file_.ReadIfChanged(), std::nullopt);
  scheduler_.Advance(absl::Milliseconds(1));
  EXPECT_THAT(file_.ReadIfChanged(), Optional(std::string("two")));
}

TEST_F(WatchedFileTest, AMissingFileIsNoChangeUntilItIsBack) {
  Write("one");
  file_.Read();
  std::filesystem::remove(path_);
  EXPECT_EQ(NextSecond(), std::nullopt);
  Write("two");
  EXPECT_THAT(NextSecond(), Optional(std::string("two")));
}

TEST_F(WatchedFileTest, AFolderInItsPlaceIsAChangeToNothing) {
  Write("one");
  file_.Read();
  std::filesystem::remove(path_);
  std::filesystem::create_directory(path_);
  std::filesystem::last_write_time(path_, written_ + std::chrono::seconds(1));
  EXPECT_THAT(NextSecond(), Optional(std::string()));
}

TEST_F(WatchedFileTest, AHugeFileIsCut) {
  Write(std::string(1 << 20, 'x'));
  EXPECT_THAT(file_.Read(), Optional(std::string(16 << 10, 'x')));
}

}  // namespace
}  // namespace wriftai
