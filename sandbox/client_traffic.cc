#include "sandbox/client_traffic.h"

#include "sandbox/caller.h"

namespace wriftai::sandbox {
namespace {

constexpr int kTooManyRequests = 429;

}  // namespace

void ClientTraffic::Count(const Request& request, bool creates, int status,
                          absl::Time arrival) {
  Client client(RedactedAuthorization(request.Header("authorization")),
                std::string(request.Header("user-agent")));
  if (clients_.size() >= kMaxClients && clients_.count(client) == 0) {
    client = Client();
  }
  Seconds& seconds = clients_[client];
  SecondCounts& counts = seconds[absl::ToUnixSeconds(arrival)];
  const bool refused = status == kTooManyRequests;
  if (creates) {
    ++(refused ? counts.creates_refused : counts.creates);
  } else {
    ++(refused ? counts.reads_refused : counts.reads);
  }
  if (seconds.size() > kMaxSeconds) seconds.erase(seconds.begin());
}

}  // namespace wriftai::sandbox
