#include "tests/bench/waits/server.h"

#include <unistd.h>

#include <csignal>
#include <fstream>
#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace wriftai::bench {
namespace {

// The size of a server's output to keep.
constexpr size_t kMaxOutput = size_t{16} << 10;

// Twice as many connections may be open. The gateway opens at most 512, the
// naive clients at most 500.
constexpr int kSandboxWorkers = 600;

// The rest of the first complete line that contains `before`.
std::optional<std::string> LineAfter(const std::string& out,
                                     absl::string_view before) {
  const size_t start = out.find(std::string(before));
  if (start == std::string::npos) return std::nullopt;
  const size_t end = out.find('\n', start);
  if (end == std::string::npos) return std::nullopt;
  return out.substr(start + before.size(), end - start - before.size());
}

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(
    const Child::Strings& arguments, const Child::Strings& variables,
    absl::string_view ready) {
  Child child = Child::WithOnePipe(arguments, variables);
  const bool serves = child.ReadUntil([&](const std::string& out) {
    return LineAfter(out, ready).has_value();
  });
  if (!serves) {
    return absl::UnavailableError(
        absl::StrCat("cannot start ", arguments[0], ": ", child.out()));
  }
  std::string out = child.out();
  return std::unique_ptr<Server>(
      new Server(std::move(child), std::move(out), ready));
}

Server::Server(Child child, std::string out, absl::string_view ready)
    : child_(std::move(child)),
      out_(std::move(out)),
      address_(TextAfter(ready)),
      // Keeps the server from blocking on a full pipe.
      reader_([this] { child_.ReadToEnd(kMaxOutput); }) {}

Server::~Server() {
  child_.Signal(SIGKILL);
  reader_.join();
}

std::string Server::TextAfter(absl::string_view before) const {
  return LineAfter(out_, before).value_or("");
}

Usage Server::Used() const {
  Usage usage;
  const std::string folder = absl::StrCat("/proc/", child_.pid(), "/");
  std::ifstream status(folder + "status");
  for (std::string line; std::getline(status, line);) {
    int64_t kib = 0;
    const std::vector<std::string> words =
        absl::StrSplit(line, absl::ByAnyChar(" \t"), absl::SkipEmpty());
    if (words.size() > 1 && words[0] == "VmHWM:" &&
        absl::SimpleAtoi(words[1], &kib)) {
      usage.peak_mib = static_cast<double>(kib) / 1024;
    }
  }
  // Fields 14 and 15, counted after the name, which may contain spaces.
  std::ifstream stat(folder + "stat");
  std::string line;
  std::getline(stat, line);
  const std::vector<std::string> fields =
      absl::StrSplit(line.substr(line.rfind(')') + 1), ' ', absl::SkipEmpty());
  constexpr size_t kUserTime = 11;
  double user = 0;
  double system = 0;
  if (fields.size() > kUserTime + 1 &&
      absl::SimpleAtod(fields[kUserTime], &user) &&
      absl::SimpleAtod(fields[kUserTime + 1], &system)) {
    usage.cpu_seconds =
        (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  return usage;
}

absl::StatusOr<std::unique_ptr<Server>> StartSandbox(const Options& options,
                                                     int64_t create_rate) {
  return Server::Start(
      {options.sandbox, "--listen_address=127.0.0.1:0",
       absl::StrCat("--read_rate=", options.read_rate),
       absl::StrCat("--create_rate=", create_rate),
       absl::StrCat("--workers=", kSandboxWorkers), "--recent_requests=0"},
      {}, "listening on ");
}

}  // namespace wriftai::bench
