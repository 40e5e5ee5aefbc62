#ifndef WRIFTAI_TESTS_BENCH_WAITS_SERVER_H_
#define WRIFTAI_TESTS_BENCH_WAITS_SERVER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/bench/waits/options.h"
#include "tests/support/child.h"

namespace wriftai::bench {

// The resources that a process has used so far.
struct Usage {
  double cpu_seconds = 0;
  double peak_mib = 0;  // Peak resident memory.
};

// A server in a separate process.
//
// Threads: one, plus its own that reads the process's output. Owns: the
// process; the destructor kills it. Fails: Start().
class Server {
 public:
  // `ready`: the text that it prints before its address when it is ready.
  static absl::StatusOr<std::unique_ptr<Server>> Start(
      const Child::Strings& arguments, const Child::Strings& variables,
      absl::string_view ready);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  // The text after `ready` on its line.
  const std::string& address() const { return address_; }

  // The text after `before` on its line, in what the server printed until it
  // was ready; empty if it printed no such line.
  std::string TextAfter(absl::string_view before) const;

  Usage Used() const;

 private:
  Server(Child child, std::string out, absl::string_view ready);

  Child child_;
  const std::string out_;
  const std::string address_;
  std::thread reader_;
};

// Far above the needs of one gateway, for scenarios whose creates are only
// setup.
inline constexpr int64_t kCreatesUnlimited = 10'000;

absl::StatusOr<std::unique_ptr<Server>> StartSandbox(
    const Options& options, int64_t create_rate = kCreatesUnlimited);

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_SERVER_H_
