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

// What came in within one second of the clock.
struct SecondCounts {
  int64_t reads = 0;  // Refused ones apart.
  int64_t reads_refused = 0;
  int64_t creates = 0;  // Refused ones apart.
  int64_t creates_refused = 0;
};

// Requests by client and second, so that it can be told who was refused, and
// when, where several share a token. A client is a token and a user agent.
//
// Threads: one. Owns: the counts. Fails: never; see the limits below.
class ClientTraffic {
 public:
  // Token, as RedactedAuthorization() shows it, and user agent; both empty for
  // the clients beyond kMaxClients.
  using Client = std::pair<std::string, std::string>;
  using Seconds = std::map<int64_t, SecondCounts>;

  // More than a test has, and what statistics of 20 MB hold in the worst case.
  static constexpr size_t kMaxClients = 64;
  // An hour in which no second is quiet. Then the oldest are dropped.
  static constexpr size_t kMaxSeconds = 3600;

  // A 429 is what counts as refused, whoever gave it.
  void Count(const Request& request, bool creates, int status,
             absl::Time arrival);

  const std::map<Client, Seconds>& clients() const { return clients_; }

 private:
  std::map<Client, Seconds> clients_;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_CLIENT_TRAFFIC_H_
