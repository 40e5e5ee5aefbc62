#ifndef WRIFTAI_SERVICE_PEERS_PEER_CLIENT_H_
#define WRIFTAI_SERVICE_PEERS_PEER_CLIENT_H_

#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "service/engine/owner_calls.h"
#include "service/peers/hop_times.h"
#include "service/peers/owner_directory.h"
#include "service/peers/peer_channels.h"
#include "service/peers/peer_request.h"
#include "upstream/prediction_calls.h"

namespace wriftai {

// Forwards calls to the replica that owns their credential, by the public
// contract. A call ends as at the owner: with its result, or with its error and
// all details. Nothing is repeated: see RoutedCall.
//
// Threads: loop. Channels and directory must outlive it and its calls. Fails:
// as OwnerCalls; INTERNAL (UPSTREAM_RESPONSE_INVALID) if a response does not
// match its request.
class PeerClient final : public OwnerCalls {
 public:
  // A call without a deadline. The owner ends it sooner: after 30 s in its
  // queue, 60 s of the caller's `server_wait` and 60 s of the upstream.
  static constexpr absl::Duration kMaxCall = absl::Minutes(5);

  PeerClient(PeerChannels& channels, OwnerDirectory& directory)
      : channels_(channels), directory_(directory) {}

  CallHandle Get(CallContext context, std::string id,
                 PredictionDone done) override;
  CallHandle List(CallContext context, ListParams params,
                  PageDone done) override;

  CallHandle Cancel(CallContext context, const std::string& id,
                    CancelDone done) override;
  CallHandle Create(CallContext context, const std::string& request_id,
                    CreateParams params, PredictionDone done) override;

  const HopTimes& hops() const { return hops_; }

 private:
  // `decode` runs on any thread, and returns a StatusOr. On the loop, `finish`
  // makes the result of its value.
  template <typename Result, typename Decode, typename Finish>
  CallHandle Forward(const CallContext& context, PeerRequest request,
                     bool sent_once, Decode decode, Finish finish,
                     absl::AnyInvocable<void(Result)> done);

  PeerChannels& channels_;
  OwnerDirectory& directory_;
  HopTimes hops_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_PEER_CLIENT_H_
