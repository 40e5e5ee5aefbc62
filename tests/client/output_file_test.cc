#include "client/output/output_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <sstream>

namespace wriftai::client {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class OutputFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ = ::testing::TempDir() +
              ::testing::UnitTest::GetInstance()->current_test_info()->name();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directory(folder_);
    path_ = folder_ + "/out";
  }

  static std::string Read(const std::string& path) {
    std::ostringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
  }

  static mode_t ModeOf(const std::string& path) {
    struct stat file = {};
    stat(path.c_str(), &file);
    return file.st_mode & 0777;
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.push_back(entry.path().filename());
    }
    return names;
  }

  std::string folder_;
  std::string path_;
};

TEST_F(OutputFileTest, AppearsOnlyAtCommit) {
  auto file = OutputFile::Open(path_);
  ASSERT_TRUE(file.ok()) << file.status();
  (*file)->stream() << "new" << std::flush;
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_EQ((*file)->Commit(), absl::OkStatus());
  EXPECT_EQ(Read(path_), "new");
  EXPECT_THAT(Names(), ElementsAre("out"));
}

TEST_F(OutputFileTest, KeepsOldContentWithoutCommit) {
  std::ofstream(path_) << "old";
  {
    auto file = OutputFile::Open(path_);
    ASSERT_TRUE(file.ok());
    (*file)->stream() << "half" << std::flush;
  }
  EXPECT_EQ(Read(path_), "old");
  EXPECT_THAT(Names(), ElementsAre("out"));
}

TEST_F(OutputFileTest, KeepsTheModeOfTheOldFile) {
  std::ofstream(path_) << "old";
  chmod(path_.c_str(), 0640);
  auto file = OutputFile::Open(path_);
  ASSERT_EQ((*file)->Commit(), absl::OkStatus());
  EXPECT_EQ(ModeOf(path_), 0640u);
}

TEST_F(OutputFileTest, NewFileHasTheModeOfTheUmask) {
  const mode_t mask = umask(027);
  auto file = OutputFile::Open(path_);
  umask(mask);
  ASSERT_EQ((*file)->Commit(), absl::OkStatus());
  EXPECT_EQ(ModeOf(path_), 0640u);
}

TEST_F(OutputFileTest, FollowsSymbolicLinks) {
  std::ofstream(path_) << "old";
  std::filesystem::create_symlink("out", folder_ + "/link");
  auto file = OutputFile::Open(folder_ + "/link");
  (*file)->stream() << "new";
  ASSERT_EQ((*file)->Commit(), absl::OkStatus());
  EXPECT_EQ(Read(path_), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ + "/link"));
  EXPECT_THAT(Names(), UnorderedElementsAre("out", "link"));
}

TEST_F(OutputFileTest, CreatesTargetsOfSymbolicLinks) {
  std::filesystem::create_directory(folder_ + "/links");
  std::filesystem::create_symlink("second", folder_ + "/links/first");
  std::filesystem::create_symlink("../out", folder_ + "/links/second");
  auto file = OutputFile::Open(folder_ + "/links/first");
  ASSERT_TRUE(file.ok()) << file.status();
  (*file)->stream() << "new";
  ASSERT_EQ((*file)->Commit(), absl::OkStatus());
  EXPECT_EQ(Read(path_), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ + "/links/first"));
  EXPECT_TRUE(std::filesystem::is_symlink(folder_ + "/links/second"));
  EXPECT_THAT(Names(), UnorderedElementsAre("out", "links"));
}

TEST_F(OutputFileTest, RejectsSymbolicLinksToThemselves) {
  std::filesystem::create_symlink("loop", folder_ + "/loop");
  EXPECT_EQ(
      OutputFile::Open(folder_ + "/loop").status().message(),
      "cannot create " + folder_ + "/loop: Too many levels of symbolic links");
}

TEST_F(OutputFileTest, WritesDevicesDirectly) {
  auto file = OutputFile::Open("/dev/null");
  ASSERT_TRUE(file.ok()) << file.status();
  (*file)->stream() << "x";
  EXPECT_EQ((*file)->Commit(), absl::OkStatus());
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

// As /dev/stdout: a link to a pipe, which has no path.
TEST_F(OutputFileTest, WritesPipesThroughLinks) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const std::string link = "/proc/self/fd/" + std::to_string(ends[1]);
  auto file = OutputFile::Open(link);
  ASSERT_TRUE(file.ok()) << file.status();
  (*file)->stream() << "x";
  EXPECT_EQ((*file)->Commit(), absl::OkStatus());
  char text = 0;
  EXPECT_EQ(read(ends[0], &text, 1), 1);
  EXPECT_EQ(text, 'x');
  close(ends[0]);
  close(ends[1]);
}

TEST_F(OutputFileTest, ReportsWhatCannotBeWritten) {
  EXPECT_EQ(OutputFile::Open("/nowhere/x").status().message(),
            "cannot create /nowhere/x: No such file or directory");
  EXPECT_EQ(OutputFile::Open(folder_).status().message(),
            "cannot create " + folder_ + ": Is a directory");
  auto file = OutputFile::Open("/dev/full");
  (*file)->stream() << "x";
  EXPECT_EQ((*file)->Commit().message(),
            "cannot write /dev/full: No space left on device");
}

}  // namespace
}  // namespace wriftai::client
