#include "tests/upstream/cluster/simulation/sim_network.h"

#include <memory>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "tests/upstream/cluster/simulation/sim_call.h"

namespace wriftai::cluster {

CallHandle SimPeerLink::Vouch(const std::string& address, VouchRequest request,
                              absl::Time deadline, VouchDone done) {
  using Response = SimResponse<absl::StatusOr<VouchResponse>, VouchDone>;
  const auto response =
      std::make_shared<Response>(loop_, deadline, std::move(done));
  size_t to = 0;
  SimNetwork& network = network_;
  const absl::Duration delay = network.Delay();
  if (!absl::SimpleAtoi(address, &to) || network.Loses(slot_, to) ||
      loop_.Now() + delay > deadline) {
    response->Lose();
    return std::make_unique<SimCall<Response>>(response);
  }
  // Arrives at the slot; then, perhaps later, the process there answers.
  network.loop_.RunIn(delay, [&network, from = slot_, to, response, deadline,
                              request = std::move(request)] {
    const SimNetwork::Listener& listener = network.listeners_[to];
    if (listener.loop == nullptr || network.Loses(from, to)) {
      return response->Lose();
    }
    // A stopped process may answer when it wakes, too late.
    if (listener.loop->stopped_until() > deadline) response->Lose();
    listener.loop->RunIn(
        absl::ZeroDuration(), [&network, from, to, response, request] {
          VouchResponse answer = network.listeners_[to].handler(request);
          if (network.Loses(to, from)) return response->Lose();
          response->Respond(network.Delay(), std::move(answer));
        });
  });
  return std::make_unique<SimCall<Response>>(response);
}

}  // namespace wriftai::cluster
