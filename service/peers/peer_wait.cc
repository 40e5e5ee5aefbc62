#include "service/peers/peer_wait.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/event_loop.h"
#include "grpcpp/support/byte_buffer.h"
#include "service/peers/forwarded_metadata.h"
#include "service/peers/peer_errors.h"
#include "service/peers/peer_messages.h"
#include "service/peers/peer_status.h"
#include "upstream/prediction_state.h"

namespace wriftai {
namespace {

constexpr char kWait[] = "/wriftai.predictions.v1.Predictions/Wait";

absl::Duration InBounds(absl::Duration interval) {
  return std::clamp(interval, PeerWait::kMinInterval, PeerWait::kMaxInterval);
}

}  // namespace

PeerWait::PeerWait(PeerChannels& channels, PeerOwner owner,
                   std::shared_ptr<const Credential> credential, std::string id,
                   absl::Time created, absl::Duration interval,
                   OwnerWaitObserver& observer)
    : channels_(channels),
      owner_(std::move(owner)),
      credential_(std::move(credential)),
      id_(std::move(id)),
      created_(created),
      interval_(InBounds(interval)),
      observer_(observer) {
  Open();
}

void PeerWait::SetInterval(absl::Duration interval) {
  interval = InBounds(interval);
  if (interval == interval_) return;
  interval_ = interval;
  Open();
}

void PeerWait::Open() {
  PeerRequest request;
  request.method = kWait;
  request.message = EncodeWait(id_, interval_);
  AddForwardedMetadata(owner_, *credential_, nullptr, request);
  AddCreationTime(created_, request);
  stream_ = channels_.StartStream(
      owner_.address, std::move(request),
      [this, id = id_](const grpc::ByteBuffer& message) -> EventLoop::Task {
        return [this, update = DecodeUpdate(message, id)]() mutable {
          OnUpdate(std::move(update));
        };
      },
      [this](const grpc::Status& status) -> EventLoop::Task {
        return [this, ended = FromGrpcStatus(status)] { OnEnd(ended); };
      });
}

void PeerWait::OnUpdate(absl::StatusOr<v1::PredictionUpdate> update) {
  if (!update.ok()) {
    stream_.reset();
    return observer_.OnEnd(update.status());
  }
  if (IsTerminal(update->prediction())) stream_.reset();
  observer_.OnUpdate(*std::move(update));
}

void PeerWait::OnEnd(const absl::Status& status) {
  stream_.reset();
  if (status.ok()) {
    return observer_.OnEnd(InvalidPeerResponse("ended before the prediction"));
  }
  observer_.OnEnd(IsFromOwner(status) ? status : OwnerUnreachable(status));
}

std::unique_ptr<OwnerWait> PeerWaits::Start(
    const std::shared_ptr<const Credential>& credential, const std::string& id,
    absl::Time created, absl::Duration interval, OwnerWaitObserver& observer) {
  std::optional<PeerOwner> owner = directory_.Find(*credential);
  if (!owner.has_value()) return nullptr;
  return std::make_unique<PeerWait>(channels_, *std::move(owner), credential,
                                    id, created, interval, observer);
}

}  // namespace wriftai
