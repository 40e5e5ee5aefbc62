#ifndef WRIFTAI_SERVICE_PEERS_PEER_CLIENT_H_
#define WRIFTAI_SERVICE_PEERS_PEER_CLIENT_H_

#include <string>

#include "absl/time/time.h"
#include "base/call.h"
#include "service/engine/owner_calls.h"
#include "service/peers/owner_directory.h"
#include "service/peers/peer_channels.h"
#include "upstream/prediction_calls.h"

namespace wriftai {

// Forwards calls to the replica that owns their credential, by the public
// contract. A call ends as at the owner: with its result, or with its error and
// all details.
//
// While nobody owns the credential, or the replica that was asked does not own
// it any more, it looks again every kLookInterval until the call's deadline,
// for at most kMaxSearch. Nothing has been sent then. A broken link:
//
// - Get, List, and Create with a request ID are repeated for
//   kMaxBrokenLink, and then end UNAVAILABLE (OWNER_UNAVAILABLE).
// - Cancel ends UNAVAILABLE (OWNER_UNAVAILABLE).
// - Create without a request ID is UNKNOWN (CREATE_OUTCOME_UNKNOWN), unless the
//   link broke before the owner could receive it. It is then repeated.
//
// If this replica becomes the owner, a call ends UNAVAILABLE (NOT_OWNER): its
// caller runs it here.
//
// Threads: loop. Channels and directory must outlive it and its calls. Fails:
// as OwnerCalls, and see above; INTERNAL (UPSTREAM_RESPONSE_INVALID) if a
// response does not match its request.
class PeerClient final : public OwnerCalls {
 public:
  static constexpr absl::Duration kLookInterval = absl::Milliseconds(100);

  // As long as a call waits for the budget of its token.
  static constexpr absl::Duration kMaxSearch = absl::Seconds(30);

  // As long as gRPC tries to connect: see PeerChannels.
  static constexpr absl::Duration kMaxBrokenLink = absl::Seconds(2);

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

 private:
  PeerChannels& channels_;
  OwnerDirectory& directory_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_PEER_CLIENT_H_
