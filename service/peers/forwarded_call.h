#ifndef WRIFTAI_SERVICE_PEERS_FORWARDED_CALL_H_
#define WRIFTAI_SERVICE_PEERS_FORWARDED_CALL_H_

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "grpcpp/support/byte_buffer.h"
#include "service/peers/owner_directory.h"
#include "service/peers/peer_channels.h"
#include "service/peers/peer_request.h"
#include "upstream/prediction_calls.h"

namespace wriftai {

// What happens to a call when the link to the owner breaks.
enum class BrokenLink {
  kRepeat,          // It may run twice.
  kEnd,             // It ends UNAVAILABLE.
  kRepeatIfUnsent,  // It is a create that must not run twice.
};

// A call to the owner of its credential, until its end: attempts, and pauses
// between them. See PeerClient for the rules.
//
// Threads: loop. Owns: the attempt. Channels and directory must outlive it.
// Fails: through `fail`.
class ForwardedCall final : public Call {
 public:
  // Decodes a response, and returns the task that delivers it. Runs on any
  // thread, the task on the loop. Destroyed on the loop.
  using Decode = absl::AnyInvocable<absl::StatusOr<EventLoop::Task>(
      const grpc::ByteBuffer&)>;
  using Fail = absl::AnyInvocable<void(absl::Status)>;

  // `request`: without the metadata of forwarded calls and the timeout. `fail`
  // and the task of `decode` may destroy the call; one of them runs, once.
  ForwardedCall(PeerChannels& channels, OwnerDirectory& directory,
                CallContext context, PeerRequest request,
                BrokenLink broken_link, Decode decode, Fail fail);

  // Starts the first attempt. Once.
  void Start();

 private:
  void End(absl::Status status);
  void Look();
  void LookLater(absl::Time until, absl::Status status);
  void Attempt(const PeerOwner& owner);
  void OnError(const absl::Status& status, bool maybe_sent);
  void OnBrokenLink(const absl::Status& status, bool maybe_sent);

  PeerChannels& channels_;
  OwnerDirectory& directory_;
  EventLoop& event_loop_;
  const CallContext context_;
  const PeerRequest request_;
  const BrokenLink broken_link_;
  const std::shared_ptr<Decode> decode_;  // Shared with the attempt.
  Fail fail_;
  absl::Time search_until_;
  absl::Time broken_until_ = absl::InfiniteFuture();
  CallHandle attempt_;
  TimerHandle timer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_FORWARDED_CALL_H_
