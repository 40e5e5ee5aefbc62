#ifndef WRIFTAI_SERVICE_PEERS_FORWARDED_CALL_H_
#define WRIFTAI_SERVICE_PEERS_FORWARDED_CALL_H_

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "grpcpp/support/byte_buffer.h"
#include "service/peers/hop_times.h"
#include "service/peers/owner_directory.h"
#include "service/peers/peer_channels.h"
#include "service/peers/peer_request.h"
#include "upstream/prediction_calls.h"

namespace wriftai {

// One call to the owner of its credential. See PeerClient for the rules.
//
// Threads: loop. Owns: the call on the wire. Channels must outlive it. Fails:
// through `fail`.
class ForwardedCall final : public Call {
 public:
  // Decodes a response, and returns the task that delivers it. Runs on any
  // thread, the task on the loop. Destroyed on the loop.
  using Decode = absl::AnyInvocable<absl::StatusOr<EventLoop::Task>(
      const grpc::ByteBuffer&)>;
  using Fail = absl::AnyInvocable<void(absl::Status)>;

  // Starts it. `request`: without the metadata of forwarded calls and the
  // timeout. `sent_once`: a create whose outcome is unknown if the link breaks.
  // `hops` must outlive it. `fail` and the task of `decode` may destroy the
  // call; one of them runs, once.
  ForwardedCall(PeerChannels& channels, const PeerOwner& owner,
                const CallContext& context, PeerRequest request, bool sent_once,
                HopTimes& hops, Decode decode, Fail fail);

 private:
  // Runs on any thread. `call` may be destroyed already: only the task, which
  // then does not run, uses it.
  static EventLoop::Task TaskFor(ForwardedCall* call, Decode& decode,
                                 const PeerResponse& response);
  void CountHop(absl::Duration owner_time);
  void OnError(const absl::Status& status, bool maybe_sent);
  absl::Status BrokenLink(const absl::Status& status, bool maybe_sent) const;

  EventLoop& event_loop_;
  const absl::Time sent_at_;
  const absl::Time deadline_;
  const bool sent_once_;
  HopTimes& hops_;
  Fail fail_;
  CallHandle call_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_FORWARDED_CALL_H_
