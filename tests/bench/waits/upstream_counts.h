#ifndef WRIFTAI_TESTS_BENCH_WAITS_UPSTREAM_COUNTS_H_
#define WRIFTAI_TESTS_BENCH_WAITS_UPSTREAM_COUNTS_H_

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "sandbox/client_traffic.h"

namespace wriftai::bench {

// The senders that use a token. kGateway: any sender but the others.
enum class Sender { kGateway, kNaive, kConsumer };

// Upstream's counts, by its own clock.
//
// Threads: immutable, any.
class UpstreamCounts {
 public:
  using Seconds = sandbox::ClientTraffic::Seconds;

  // Parses the response to GET /sandbox/stats. INTERNAL: it is invalid.
  static absl::StatusOr<UpstreamCounts> Parse(const std::string& stats);

  // Fetches the counts of the sandbox that serves `api`.
  static absl::StatusOr<UpstreamCounts> Fetch(const std::string& api);

  Seconds By(absl::string_view token, Sender sender) const;

 private:
  std::map<sandbox::ClientTraffic::Client, Seconds> clients_;
};

// Reads, including refused ones.
int64_t Reads(const UpstreamCounts::Seconds& seconds);

// Refused reads and creates, except in the seconds `except`.
int64_t Refused(const UpstreamCounts::Seconds& seconds,
                const std::set<int64_t>& except = {});

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_UPSTREAM_COUNTS_H_
