#include "service/rpc/unary_reactor.h"

#include <cstdint>
#include <memory>
#include <utility>

#include "service/rpc/update_codec.h"

namespace wriftai {

UnaryReactor::UnaryReactor(const RpcContext& context, CallRecord record,
                           AcceptedCall call)
    : RpcReactor(context, std::move(record), std::move(call)) {
  SetInitialMetadata(kRequestIdKey, this->record().request_id);
}

void UnaryReactor::Start(Work work) {
  event_loop().Post([this, work = std::move(work)]() mutable {
    recorder().Begin(record());
    // The caller may have cancelled already.
    if (!ended_) work();
  });
  StartReactions();
}

void UnaryReactor::Continue(absl::StatusOr<CallHandle> step) {
  if (!step.ok()) return End(step.status());
  if (!ended_ && *step != nullptr) step_ = *std::move(step);
}

void UnaryReactor::End(const absl::StatusOr<SnapshotPtr>& prediction) {
  if (!prediction.ok()) return End(prediction.status());
  record().prediction_id = (*prediction)->prediction.id();
  if (const auto bytes = FindEncoded(*prediction)) {
    return End(BufferOf(bytes));
  }
  Continue(
      Encode(*prediction,
             [this](const absl::StatusOr<PredictionEncoder::Bytes>& bytes) {
               if (!bytes.ok()) return End(bytes.status());
               End(BufferOf(*bytes));
             }));
}

void UnaryReactor::End(grpc::ByteBuffer message) {
  if (ended_) return;
  ended_ = true;
  step_.reset();
  record().sent_bytes = static_cast<int64_t>(message.Length());
  EndRecord(absl::OkStatus());
  StartWriteAndFinish(std::move(message), grpc::Status::OK);
}

void UnaryReactor::End(const absl::Status& status) {
  if (ended_) return;
  ended_ = true;
  step_.reset();
  FinishWith(status);
}

void UnaryReactor::OnCancel() {
  event_loop().Post([this] { End(CancellationStatus(record(), now())); });
}

void UnaryReactor::OnDone() {
  CloseCall();
  event_loop().PostIdle([self = std::unique_ptr<UnaryReactor>(this)] {});
}

}  // namespace wriftai
