#ifndef WRIFTAI_SANDBOX_CLIENT_TRAFFIC_H_
#define WRIFTAI_SANDBOX_CLIENT_TRAFFIC_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "sandbox/http_message.h"

namespace wriftai::sandbox {

// Requests received within one second of the clock.
struct SecondCounts {
  int64_t reads = 0;  // Excludes refused ones.
  int64_t reads_refused = 0;
  int64_t creates = 0;  // Excludes refused ones.
  int64_t creates_refused = 0;
};

// Counts requests by client and second. Shows which client was refused, and
// when, if several share a token. A client is a token and a user agent.
//
// Threads: one. Owns: the counts. Fails: never; see the limits below.
class ClientTraffic {
 public:
  // The token, in the form of RedactedAuthorization(), and the user agent. Both
  // are empty for clients beyond kMaxClients.
  using Client = std::pair<std::string, std::string>;
  using Seconds = std::map<int64_t, SecondCounts>;

  // More than any test has; bounds the statistics to 20 MB in the worst case.
  static constexpr size_t kMaxClients = 64;
  // One hour of continuous traffic. Beyond that, drops the oldest second.
  static constexpr size_t kMaxSeconds = 3600;

  // Counts a 429 as refused, including one from a fault.
  void Count(const Request& request, bool creates, int status,
             absl::Time arrival);

  const std::map<Client, Seconds>& clients() const { return clients_; }

 private:
  std::map<Client, Seconds> clients_;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_CLIENT_TRAFFIC_H_
