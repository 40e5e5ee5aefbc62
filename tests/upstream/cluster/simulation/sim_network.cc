#include "tests/upstream/cluster/simulation/sim_network.h"

#include <memory>
#include <type_traits>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "tests/upstream/cluster/simulation/sim_call.h"

namespace wriftai::cluster {

template <typename Request, typename Answer, typename Done>
CallHandle SimPeerLink::Start(const std::string& address, Request request,
                              absl::Time deadline, Answer answer, Done done) {
  using Result =
      std::decay_t<decltype(answer(SimNetwork::Handlers(), request))>;
  using Response = SimResponse<absl::StatusOr<Result>, Done>;
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
                              answer, request = std::move(request)] {
    const SimNetwork::Listener& listener = network.listeners_[to];
    if (listener.loop == nullptr || network.Loses(from, to)) {
      return response->Lose();
    }
    // A stopped process may answer when it wakes, too late.
    if (listener.loop->stopped_until() > deadline) response->Lose();
    listener.loop->RunIn(
        absl::ZeroDuration(), [&network, from, to, response, answer, request] {
          Result result = answer(network.listeners_[to].handlers, request);
          if (network.Loses(to, from)) return response->Lose();
          response->Respond(network.Delay(), std::move(result));
        });
  });
  return std::make_unique<SimCall<Response>>(response);
}

CallHandle SimPeerLink::Vouch(const std::string& address, VouchRequest request,
                              absl::Time deadline, VouchDone done) {
  return Start(
      address, std::move(request), deadline,
      [](const SimNetwork::Handlers& handlers, const VouchRequest& asked) {
        return handlers.vouch(asked);
      },
      std::move(done));
}

CallHandle SimPeerLink::FindOwners(const std::string& address,
                                   FindOwnersRequest request,
                                   absl::Time deadline, FindOwnersDone done) {
  return Start(
      address, std::move(request), deadline,
      [](const SimNetwork::Handlers& handlers, const FindOwnersRequest& asked) {
        return handlers.find_owners(asked);
      },
      std::move(done));
}

}  // namespace wriftai::cluster
