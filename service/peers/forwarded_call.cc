#include "service/peers/forwarded_call.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "service/engine/ownership_errors.h"
#include "service/peers/forwarded_metadata.h"
#include "service/peers/peer_client.h"
#include "service/peers/peer_errors.h"
#include "service/peers/peer_status.h"
#include "upstream/error_details.h"

namespace wriftai {

ForwardedCall::ForwardedCall(PeerChannels& channels, OwnerDirectory& directory,
                             CallContext context, PeerRequest request,
                             BrokenLink broken_link, Decode decode, Fail fail)
    : channels_(channels),
      directory_(directory),
      event_loop_(channels.event_loop()),
      context_(std::move(context)),
      request_(std::move(request)),
      broken_link_(broken_link),
      decode_(std::make_shared<Decode>(std::move(decode))),
      fail_(std::move(fail)),
      search_until_(std::min(context_.deadline,
                             event_loop_.Now() + PeerClient::kMaxSearch)) {}

void ForwardedCall::Start() {
  if (const auto owner = directory_.Find(*context_.credential)) {
    Attempt(*owner);
  } else {
    timer_ = event_loop_.RunAt(event_loop_.Now(), [this] { Look(); });
  }
}

void ForwardedCall::Look() {
  if (directory_.IsOwnedHere(*context_.credential)) {
    return End(NotOwnerError());
  }
  const auto owner = directory_.Find(*context_.credential);
  if (owner.has_value()) return Attempt(*owner);
  LookLater(search_until_,
            OwnerUnavailable("no replica serves the token at the moment"));
}

// The callback may destroy this, and with it fail_.
void ForwardedCall::End(absl::Status status) {
  auto fail = std::move(fail_);
  fail(std::move(status));
}

void ForwardedCall::LookLater(absl::Time until, absl::Status status) {
  const absl::Time next = event_loop_.Now() + PeerClient::kLookInterval;
  if (next > until) return End(std::move(status));
  timer_ = event_loop_.RunAt(next, [this] { Look(); });
}

void ForwardedCall::Attempt(const PeerOwner& owner) {
  PeerRequest request = request_;
  AddForwardedMetadata(owner.epoch, *context_.credential, context_.trace.get(),
                       request);
  request.timeout =
      std::min(context_.deadline - event_loop_.Now(), PeerClient::kMaxCall);
  attempt_ = channels_.StartUnary(
      owner.address, std::move(request),
      [this,
       decode = decode_](const PeerResponse& response) -> EventLoop::Task {
        const bool maybe_sent = response.maybe_sent;
        auto deliver = response.status.ok()
                           ? (*decode)(response.message)
                           : absl::StatusOr<EventLoop::Task>(
                                 FromGrpcStatus(response.status));
        if (deliver.ok()) return *std::move(deliver);
        return [this, status = deliver.status(), maybe_sent] {
          OnError(status, maybe_sent);
        };
      });
}

void ForwardedCall::OnError(const absl::Status& status, bool maybe_sent) {
  if (ReasonOf(status) == v1::NOT_OWNER) {
    broken_until_ = absl::InfiniteFuture();
    LookLater(search_until_,
              OwnerUnavailable("the replica that serves the token changes"));
  } else if (IsFromOwner(status)) {
    End(status);
  } else {
    OnBrokenLink(status, maybe_sent);
  }
}

void ForwardedCall::OnBrokenLink(const absl::Status& status, bool maybe_sent) {
  const absl::Time now = event_loop_.Now();
  if (broken_link_ == BrokenLink::kRepeatIfUnsent && maybe_sent) {
    return End(ForwardedCreateUnknown(status.message()));
  }
  // gRPC's clock and this one differ by a rounding.
  if (now >= context_.deadline ||
      (absl::IsDeadlineExceeded(status) &&
       context_.deadline - now < PeerClient::kLookInterval)) {
    return End(GatewayError(absl::StatusCode::kDeadlineExceeded,
                            v1::DEADLINE_EXCEEDED,
                            "the deadline passed before the replica that "
                            "serves the token responded"));
  }
  if (broken_link_ == BrokenLink::kEnd) return End(OwnerUnreachable(status));
  broken_until_ = std::min(broken_until_, now + PeerClient::kMaxBrokenLink);
  LookLater(std::min(broken_until_, context_.deadline),
            OwnerUnreachable(status));
}

}  // namespace wriftai
