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
                             bool sent_once, HopTimes& hops, Decode decode,
                             Fail fail)
    : event_loop_(channels.event_loop()),
      sent_at_(event_loop_.Now()),
      deadline_(context.deadline),
      sent_once_(sent_once),
      hops_(hops),
      fail_(std::move(fail)) {
  AddForwardedMetadata(owner, *context.credential, context.trace.get(),
                       request);
  request.timeout = std::min(deadline_ - sent_at_, PeerClient::kMaxCall);
  request.connect_first = sent_once;
  call_ = channels.StartUnary(
      owner.address, std::move(request),
      [this, decode = std::move(decode)](const PeerResponse& response) mutable
      -> EventLoop::Task { return TaskFor(this, decode, response); });
}

EventLoop::Task ForwardedCall::TaskFor(ForwardedCall* call, Decode& decode,
                                       const PeerResponse& response) {
  auto deliver =
      response.status.ok()
          ? decode(response.message)
          : absl::StatusOr<EventLoop::Task>(FromGrpcStatus(response.status));
  EventLoop::Task task = deliver.ok() ? *std::move(deliver)
                                      : [call, status = deliver.status(),
                                         maybe_sent = response.maybe_sent] {
                                          call->OnError(status, maybe_sent);
                                        };
  if (!response.owner_time.has_value()) return task;
  return [call, owner_time = *response.owner_time,
          task = std::move(task)]() mutable {
    call->CountHop(owner_time);
    task();
  };
}

void ForwardedCall::CountHop(absl::Duration owner_time) {
  const absl::Duration total = event_loop_.Now() - sent_at_;
  // Only a wrong clock at the owner says so.
  if (owner_time > total) return;
  hops_.Add(total - owner_time);
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
