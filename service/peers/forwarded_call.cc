#include "service/peers/forwarded_call.h"

#include <algorithm>
#include <utility>

#include "service/engine/ownership_errors.h"
#include "service/peers/forwarded_metadata.h"
#include "service/peers/peer_client.h"
#include "service/peers/peer_errors.h"
#include "service/peers/peer_status.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

// By how much gRPC's clock and the loop's may differ at a deadline, at most:
// far less than any deadline that can be met.
constexpr absl::Duration kClockDifference = absl::Milliseconds(100);

}  // namespace

ForwardedCall::ForwardedCall(PeerChannels& channels, const PeerOwner& owner,
                             const CallContext& context, PeerRequest request,
                             bool sent_once, Decode decode, Fail fail)
    : event_loop_(channels.event_loop()),
      deadline_(context.deadline),
      sent_once_(sent_once),
      fail_(std::move(fail)) {
  AddForwardedMetadata(owner, *context.credential, context.trace.get(),
                       request);
  request.timeout =
      std::min(deadline_ - event_loop_.Now(), PeerClient::kMaxCall);
  request.connect_first = sent_once;
  call_ = channels.StartUnary(
      owner.address, std::move(request),
      [this, decode = std::move(decode)](
          const PeerResponse& response) mutable -> EventLoop::Task {
        const bool maybe_sent = response.maybe_sent;
        auto deliver = response.status.ok()
                           ? decode(response.message)
                           : absl::StatusOr<EventLoop::Task>(
                                 FromGrpcStatus(response.status));
        if (deliver.ok()) return *std::move(deliver);
        return [this, status = deliver.status(), maybe_sent] {
          OnError(status, maybe_sent);
        };
      });
}

// The callback may destroy this, and with it fail_.
void ForwardedCall::OnError(const absl::Status& status, bool maybe_sent) {
  auto fail = std::move(fail_);
  fail(IsFromOwner(status) ? status : BrokenLink(status, maybe_sent));
}

absl::Status ForwardedCall::BrokenLink(const absl::Status& status,
                                       bool maybe_sent) const {
  if (sent_once_ && maybe_sent) return ForwardedCreateUnknown(status.message());
  const absl::Duration left = deadline_ - event_loop_.Now();
  if (left <= absl::ZeroDuration() ||
      (absl::IsDeadlineExceeded(status) && left < kClockDifference)) {
    return GatewayError(absl::StatusCode::kDeadlineExceeded,
                        v1::DEADLINE_EXCEEDED,
                        "the deadline passed before the replica that serves "
                        "the token responded");
  }
  return OwnerUnreachable(status);
}

}  // namespace wriftai
