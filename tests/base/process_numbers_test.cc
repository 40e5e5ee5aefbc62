#include "base/process_numbers.h"

#include <fcntl.h>
#include <sys/resource.h>

#include <cmath>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "base/unique_fd.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

TEST(ProcessNumbersTest, CountsOpenDescriptors) {
  const int64_t before = ReadProcessNumbers().open_fds.value();
  std::vector<UniqueFd> opened;
  for (int i = 0; i < 10; ++i) {
    opened.emplace_back(open("/dev/null", O_RDONLY | O_CLOEXEC));
  }
  EXPECT_EQ(ReadProcessNumbers().open_fds, before + 10);
}

TEST(ProcessNumbersTest, HasNoDescriptorCountWithoutDescriptors) {
  rlimit before = {};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit none = before;
  none.rlim_cur = 3;  // The standard descriptors.
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const ProcessNumbers numbers = ReadProcessNumbers();
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_FALSE(numbers.open_fds.has_value());
  EXPECT_EQ(numbers.max_fds, 3);
  EXPECT_GT(numbers.cpu_seconds, 0);
}

TEST(ProcessNumbersTest, ReportsMemoryInBytes) {
  constexpr size_t kBytes = size_t{32} << 20;
  const int64_t before = ReadProcessNumbers().resident_bytes.value();
  const std::vector<char> used(kBytes, 'x');
  const ProcessNumbers numbers = ReadProcessNumbers();
  // The allocator may reuse some pages.
  EXPECT_GE(*numbers.resident_bytes, before + (int64_t{24} << 20));
  EXPECT_GT(*numbers.virtual_bytes, *numbers.resident_bytes);
  EXPECT_GT(*numbers.threads, 0);
  EXPECT_EQ(used.back(), 'x');
}

TEST(ProcessNumbersTest, CountsCpuTime) {
  const double before = ProcessCpuSeconds();
  double sum = 0;
  while (ProcessCpuSeconds() < before + 0.02) sum += std::sqrt(sum + 1);
  EXPECT_GE(ReadProcessNumbers().cpu_seconds, before + 0.02);
  EXPECT_GT(sum, 0);
}

TEST(ProcessNumbersTest, StartIsFixedAndRecent) {
  const double started_at = ReadProcessNumbers().started_at.value();
  const double now = absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch());
  EXPECT_LE(started_at, now + 1);
  EXPECT_GE(started_at, now - 3600);
  EXPECT_EQ(ReadProcessNumbers().started_at, started_at);
}

}  // namespace
}  // namespace wriftai
