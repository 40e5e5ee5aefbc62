#include "base/watched_file.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "base/small_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::HasSubstr;

class WatchedFileTest : public ::testing::Test {
 protected:
  WatchedFileTest()
      : path_(::testing::TempDir() + "watched_" +
              ::testing::UnitTest::GetInstance()->current_test_info()->name()),
        file_(path_, 100) {}
  ~WatchedFileTest() override { std::filesystem::remove_all(path_); }

  // Keeps the modification time, so only the content changes.
  void Write(const std::string& text) {
    std::ofstream(path_, std::ios::trunc) << text;
    std::filesystem::last_write_time(path_, written_);
  }

  // "-" without a change, else the text or the error message.
  std::string NextSecond() {
    now_ += absl::Seconds(1);
    const auto text = file_.ReadIfChanged(now_);
    if (!text.has_value()) return "-";
    return text->ok() ? **text : std::string(text->status().message());
  }

  absl::Time now_ = absl::UnixEpoch();
  const std::string path_;
  WatchedFile file_;
  const std::filesystem::file_time_type written_ =
      std::filesystem::file_time_type::clock::now();
};

TEST_F(WatchedFileTest, ReadReturnsTextOrError) {
  EXPECT_THAT(file_.Read(), StatusIs(absl::StatusCode::kNotFound));
  Write(" a\nb \n");
  EXPECT_THAT(file_.Read(), IsOkAndHolds(std::string(" a\nb \n")));
  EXPECT_TRUE(file_.changed());
  EXPECT_THAT(file_.Read(), IsOk());
  EXPECT_FALSE(file_.changed());
}

TEST_F(WatchedFileTest, ReportsChangeOnce) {
  Write("one");
  ASSERT_THAT(file_.Read(), IsOk());
  EXPECT_EQ(NextSecond(), "-");
  Write("two");
  EXPECT_EQ(NextSecond(), "two");
  EXPECT_EQ(NextSecond(), "-");
}

TEST_F(WatchedFileTest, DetectsRotationByRenameWithSameTime) {
  Write("one");
  ASSERT_THAT(file_.Read(), IsOk());
  const std::string next = path_ + ".next";
  std::ofstream(next) << "two";
  std::filesystem::last_write_time(next, written_);
  std::filesystem::rename(next, path_);
  EXPECT_EQ(NextSecond(), "two");
}

TEST_F(WatchedFileTest, DetectsRotationByLinkWithSameTime) {
  std::filesystem::create_directories(path_ + "/..1");
  std::filesystem::create_directories(path_ + "/..2");
  const auto write = [&](const std::string& name, const std::string& text) {
    std::ofstream(path_ + name) << text;
    std::filesystem::last_write_time(path_ + name, written_);
  };
  write("/..1/token", "one");
  write("/..2/token", "two");
  std::filesystem::create_directory_symlink("..1", path_ + "/..data");
  std::filesystem::create_symlink("..data/token", path_ + "/token");
  WatchedFile file(path_ + "/token", 100);
  ASSERT_THAT(file.Read(), IsOkAndHolds(std::string("one")));
  std::filesystem::create_directory_symlink("..2", path_ + "/..data_tmp");
  std::filesystem::rename(path_ + "/..data_tmp", path_ + "/..data");
  EXPECT_THAT(file.ReadIfChanged(now_).value(),
              IsOkAndHolds(std::string("two")));
}

TEST_F(WatchedFileTest, ReadsAtMostOncePerSecond) {
  Write("one");
  ASSERT_THAT(file_.Read(), IsOk());
  EXPECT_EQ(NextSecond(), "-");
  Write("two");
  EXPECT_FALSE(file_.ReadIfChanged(now_ + absl::Milliseconds(999)));
  EXPECT_TRUE(file_.ReadIfChanged(now_ + absl::Seconds(1)));
}

TEST_F(WatchedFileTest, ReportsUnreadableFileOnce) {
  Write("one");
  ASSERT_THAT(file_.Read(), IsOk());
  std::filesystem::remove(path_);
  EXPECT_EQ(NextSecond(), "No such file or directory");
  EXPECT_EQ(NextSecond(), "-");
  std::filesystem::create_directory(path_);
  EXPECT_EQ(NextSecond(), "a directory");
  std::filesystem::remove(path_);
  Write("one");
  EXPECT_EQ(NextSecond(), "one");
}

TEST_F(WatchedFileTest, RejectsFileAboveSizeLimit) {
  Write(std::string(100, 'x'));
  EXPECT_THAT(file_.Read(), IsOk());
  Write(std::string(101, 'x'));
  EXPECT_THAT(file_.Read(), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(SmallFileTest, RejectsNonRegularFilesWithoutBlocking) {
  const std::string fifo = ::testing::TempDir() + "small_file_fifo";
  std::filesystem::remove(fifo);
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  const std::string link = fifo + "_link";
  std::filesystem::remove(link);
  std::filesystem::create_symlink(fifo, link);
  for (const std::string& path :
       {fifo, link, std::string("/dev/zero"), std::string("/dev/null"),
        std::string("/dev/tty"), std::string("/proc/self/fd/0")}) {
    if (path == "/proc/self/fd/0" && std::filesystem::is_regular_file(path)) {
      continue;
    }
    EXPECT_THAT(
        ReadSmallFile(path, 100),
        StatusIs(absl::StatusCode::kInvalidArgument, "not a regular file"))
        << path;
  }
  EXPECT_THAT(ReadSmallFile(::testing::TempDir(), 100),
              StatusIs(absl::StatusCode::kInvalidArgument, "a directory"));
  std::filesystem::remove(fifo);
  std::filesystem::remove(link);
}

TEST(SmallFileTest, RejectsSymlinkLoop) {
  const std::string link = ::testing::TempDir() + "small_file_loop";
  std::filesystem::remove(link);
  std::filesystem::create_symlink(link, link);
  EXPECT_THAT(ReadSmallFile(link, 100).status().message(),
              HasSubstr("symbolic links"));
  std::filesystem::remove(link);
}

}  // namespace
}  // namespace wriftai
