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

// Who sends with a token: the gateway is whoever is none of the others.
enum class Sender { kGateway, kNaive, kConsumer };

// What upstream has counted, by its own clock.
//
// Threads: immutable, any.
class UpstreamCounts {
 public:
  using Seconds = sandbox::ClientTraffic::Seconds;

  // Of GET /sandbox/stats. INTERNAL where it is not what a sandbox says.
  static absl::StatusOr<UpstreamCounts> Parse(const std::string& stats);

  // Asks the sandbox that serves `api`.
  static absl::StatusOr<UpstreamCounts> Fetch(const std::string& api);

  Seconds By(absl::string_view token, Sender sender) const;

 private:
  std::map<sandbox::ClientTraffic::Client, Seconds> clients_;
};

// Requests that read, refused ones included.
int64_t Reads(const UpstreamCounts::Seconds& seconds);

// Refused reads and creates in all seconds but those.
int64_t Refused(const UpstreamCounts::Seconds& seconds,
                const std::set<int64_t>& except = {});

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_UPSTREAM_COUNTS_H_
