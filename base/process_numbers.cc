#include "base/process_numbers.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <ctime>
#include <fstream>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace wriftai {
namespace {

// Of /proc/self/stat, counted from the state, which follows the name (proc(5)).
constexpr size_t kThreads = 17;
constexpr size_t kStartTicks = 19;
constexpr size_t kVirtualBytes = 20;
constexpr size_t kResidentPages = 21;

std::optional<int64_t> NumberAt(const std::vector<absl::string_view>& fields,
                                size_t i) {
  int64_t number = 0;
  if (i >= fields.size() || !absl::SimpleAtoi(fields[i], &number)) {
    return std::nullopt;
  }
  return number;
}

// Unix time in seconds. The kernel computes it from its clock each time, so
// it is read once: otherwise the start of the process would move.
std::optional<double> BootTime() {
  std::ifstream stat("/proc/stat");
  std::string line;
  while (std::getline(stat, line)) {
    absl::string_view rest = line;
    double seconds = 0;
    if (absl::ConsumePrefix(&rest, "btime ") &&
        absl::SimpleAtod(rest, &seconds)) {
      return seconds;
    }
  }
  return std::nullopt;
}

void ReadStat(ProcessNumbers& numbers) {
  std::ifstream file("/proc/self/stat");
  std::string text;
  std::getline(file, text);
  // The name may contain spaces and parentheses.
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return;
  const std::vector<absl::string_view> fields = absl::StrSplit(
      absl::string_view(text).substr(name_end + 1), ' ', absl::SkipEmpty());
  numbers.threads = NumberAt(fields, kThreads);
  numbers.virtual_bytes = NumberAt(fields, kVirtualBytes);
  if (const auto pages = NumberAt(fields, kResidentPages)) {
    numbers.resident_bytes = *pages * sysconf(_SC_PAGESIZE);
  }
  static const std::optional<double> boot_time = BootTime();
  if (const auto ticks = NumberAt(fields, kStartTicks);
      ticks.has_value() && boot_time.has_value()) {
    numbers.started_at =
        *boot_time +
        static_cast<double>(*ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
}

std::optional<int64_t> CountOpenFds() {
  struct Close {
    void operator()(DIR* folder) const { closedir(folder); }
  };
  const std::unique_ptr<DIR, Close> folder(opendir("/proc/self/fd"));
  if (folder == nullptr) return std::nullopt;
  int64_t entries = 0;
  // Only this function uses `folder`.
  while (readdir(folder.get()) != nullptr) {  // NOLINT(concurrency-mt-unsafe)
    ++entries;
  }
  return entries - 3;  // ".", ".." and `folder` itself.
}

std::optional<int64_t> MaxFds() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return std::nullopt;
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  return limit.rlim_cur >= static_cast<rlim_t>(kMax)
             ? kMax
             : static_cast<int64_t>(limit.rlim_cur);
}

}  // namespace

double ProcessCpuSeconds() {
  timespec used = {};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) +
         static_cast<double>(used.tv_nsec) / 1e9;
}

ProcessNumbers ReadProcessNumbers() {
  ProcessNumbers numbers;
  numbers.cpu_seconds = ProcessCpuSeconds();
  ReadStat(numbers);
  numbers.open_fds = CountOpenFds();
  numbers.max_fds = MaxFds();
  return numbers;
}

}  // namespace wriftai
