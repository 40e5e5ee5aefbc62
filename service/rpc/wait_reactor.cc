#include "service/rpc/wait_reactor.h"

#include <cstdint>
#include <utility>

#include "grpcpp/support/byte_buffer.h"
#include "service/rpc/update_codec.h"
#include "upstream/prediction_state.h"

namespace wriftai {

WaitReactor::WaitReactor(const RpcContext& context, CallRecord record,
                         AcceptedCall call)
    : RpcReactor(context, std::move(record), std::move(call)) {
  SetInitialMetadata(kRequestIdKey, this->record().request_id);
}

void WaitReactor::Start(Work work) {
  event_loop().Post([this, work = std::move(work)]() mutable {
    entry_ = recorder().streams().Open(record());
    recorder().Begin(record());
    // The caller may have cancelled already.
    if (!finished_) work();
  });
  StartReactions();
}

void WaitReactor::Continue(CallHandle decoding) {
  if (!cancelled_ && !ending_.has_value()) decoding_ = std::move(decoding);
}

void WaitReactor::Continue(absl::StatusOr<std::unique_ptr<WaitHandle>> wait) {
  decoding_.reset();
  if (!wait.ok()) return End(wait.status());
  wait_ = *std::move(wait);
  RecordWait();
}

// Once the prediction is known.
void WaitReactor::RecordWait() {
  if (record().span != nullptr && !record().prediction_id.empty()) {
    wait_spans_ = BeginWaitSpans();
  }
}

void WaitReactor::End(const absl::Status& status) {
  if (!ending_.has_value()) ending_ = status;
  WriteNext();
}

void WaitReactor::OnCreated(const std::string& id) {
  record().prediction_id = id;
  RecordWait();
}

void WaitReactor::OnSnapshot(const SnapshotPtr& snapshot,
                             absl::Duration interval) {
  if (wait_spans_ != nullptr) {
    wait_spans_->OnState(snapshot->source, IsTerminal(snapshot->prediction));
  }
  if (pending_.has_value()) recorder().streams().OnConflated(entry_);
  pending_ = Update{snapshot, interval};
  WriteNext();
}

void WaitReactor::OnWriteDone(bool ok) {
  event_loop().Post([this, ok] {
    writing_ = false;
    recorder().streams().OnWritten(entry_);
    if (!ok) cancelled_ = true;
    WriteNext();
  });
}

void WaitReactor::OnCancel() {
  event_loop().Post([this] {
    cancelled_ = true;
    WriteNext();
  });
}

void WaitReactor::OnDone() {
  event_loop().Post([self = std::unique_ptr<WaitReactor>(this)] {
    self->recorder().streams().Close(self->entry_);
  });
}

// Keeps the wait's slot, which is released with the stream.
void WaitReactor::StopWaiting() {
  wait_spans_.reset();
  decoding_.reset();
  if (wait_ != nullptr) wait_->Stop();
}

void WaitReactor::WriteNext() {
  if (cancelled_ || ending_.has_value()) StopWaiting();
  if (cancelled_) {
    encoding_.reset();
    current_.reset();
  }
  if (finished_ || writing_ || current_.has_value()) return;
  if (cancelled_) {
    finished_ = true;
    FinishWith(CancellationStatus(record(), now()));
  } else if (pending_.has_value()) {
    current_ = std::exchange(pending_, std::nullopt);
    EncodeCurrent();
  } else if (ending_.has_value()) {
    finished_ = true;
    FinishWith(*ending_);
  }
}

void WaitReactor::EncodeCurrent() {
  const SnapshotPtr& snapshot = current_->snapshot;
  if (const auto bytes = FindEncoded(snapshot)) {
    Write(bytes);
    return;
  }
  encoding_ = Encode(
      snapshot, [this](const absl::StatusOr<PredictionEncoder::Bytes>& bytes) {
        encoding_.reset();
        if (bytes.ok()) return Write(*bytes);
        current_.reset();
        pending_.reset();
        ending_ = bytes.status();
        WriteNext();
      });
}

void WaitReactor::Write(const PredictionEncoder::Bytes& prediction) {
  const Update update = *std::exchange(current_, std::nullopt);
  recorder().streams().OnWrite(entry_, now());
  grpc::ByteBuffer message = EncodeUpdate(*update.snapshot, prediction,
                                          ++record().updates, update.interval);
  record().sent_bytes += static_cast<int64_t>(message.Length());
  if (record().span != nullptr) {
    AddUpdateEvent(update.snapshot->prediction, update.snapshot->source,
                   IsTerminal(update.snapshot->prediction),
                   record().span->span());
  }
  if (IsTerminal(update.snapshot->prediction)) {
    finished_ = true;
    StopWaiting();
    EndRecord(absl::OkStatus());
    StartWriteAndFinish(std::move(message), grpc::Status::OK);
  } else {
    writing_ = true;
    StartWrite(std::move(message));
  }
}

}  // namespace wriftai
