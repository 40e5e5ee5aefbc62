#include "service/rpc/wait_reactor.h"

#include <utility>

#include "service/rpc/grpc_status.h"
#include "service/rpc/update_codec.h"
#include "upstream/prediction_state.h"

namespace wriftai {

WaitReactor* WaitReactor::Run(EventLoop& event_loop, CallRecorder& recorder,
                              CallRecord record, Begin begin) {
  auto* const reactor =
      new WaitReactor(event_loop, recorder, std::move(record));
  event_loop.Post([reactor, begin = std::move(begin)]() mutable {
    reactor->entry_ = reactor->recorder_.streams().Open(reactor->record_);
    reactor->recorder_.Begin(reactor->record_);
    // The caller may have cancelled already.
    if (!reactor->finished_) reactor->Continue(begin(*reactor));
  });
  return reactor;
}

WaitReactor* WaitReactor::Fail(EventLoop& event_loop, CallRecorder& recorder,
                               CallRecord record, const absl::Status& status) {
  return Run(event_loop, recorder, std::move(record),
             [status](WaitReactor& reactor) {
               reactor.End(status);
               return CallHandle();
             });
}

void WaitReactor::Subscribe(WatchRegistry& registry,
                            const std::shared_ptr<const Credential>& credential,
                            std::string id, const WatchOptions& options,
                            SnapshotPtr known) {
  record_.prediction_id = id;
  subscription_ = registry.Subscribe(credential, std::move(id), options, *this,
                                     std::move(known));
}

void WaitReactor::End(const absl::Status& status) {
  if (!ending_.has_value()) ending_ = status;
  WriteNext();
}

void WaitReactor::EndAfter(const SnapshotPtr& last,
                           const absl::Status& status) {
  pending_ = Update{last, absl::ZeroDuration()};
  End(status);
}

void WaitReactor::OnSnapshot(const SnapshotPtr& snapshot,
                             absl::Duration interval) {
  if (pending_.has_value()) recorder_.streams().OnConflated(entry_);
  pending_ = Update{snapshot, interval};
  WriteNext();
}

void WaitReactor::OnWriteDone(bool ok) {
  event_loop_.Post([this, ok] {
    writing_ = false;
    recorder_.streams().OnWritten(entry_);
    if (!ok) cancelled_ = true;
    WriteNext();
  });
}

void WaitReactor::OnCancel() {
  event_loop_.Post([this] {
    cancelled_ = true;
    WriteNext();
  });
}

void WaitReactor::OnDone() {
  event_loop_.Post([self = std::unique_ptr<WaitReactor>(this)] {
    self->recorder_.streams().Close(self->entry_);
  });
}

void WaitReactor::WriteNext() {
  if (cancelled_ || ending_.has_value()) {
    call_.reset();
    subscription_.reset();
  }
  if (cancelled_) {
    encoding_.reset();
    current_.reset();
  }
  if (finished_ || writing_ || current_.has_value()) return;
  if (cancelled_) {
    FinishWith(CancellationStatus(record_, event_loop_.Now()));
  } else if (pending_.has_value()) {
    current_ = std::exchange(pending_, std::nullopt);
    Encode();
  } else if (ending_.has_value()) {
    FinishWith(*ending_);
  }
}

void WaitReactor::Encode() {
  const SnapshotPtr& snapshot = current_->snapshot;
  if (const auto bytes = encoder_->Find(*snapshot, format_)) {
    Write(bytes);
    return;
  }
  encoding_ = encoder_->Encode(
      owner_, snapshot, format_,
      [this](const absl::StatusOr<PredictionEncoder::Bytes>& bytes) {
        encoding_.reset();
        if (bytes.ok()) return Write(*bytes);
        current_.reset();
        pending_.reset();
        ending_ = bytes.status();
        WriteNext();
      });
}

void WaitReactor::FinishWith(const absl::Status& status) {
  finished_ = true;
  recorder_.End(status, record_);
  Finish(ToGrpcStatus(AddCallInfo(record_, status)));
}

void WaitReactor::Write(const PredictionEncoder::Bytes& prediction) {
  const Update update = *std::exchange(current_, std::nullopt);
  recorder_.streams().OnWrite(entry_, event_loop_.Now());
  in_flight_ = EncodeUpdate(*update.snapshot, prediction, ++record_.updates,
                            update.interval);
  record_.sent_bytes += static_cast<int64_t>(in_flight_.Length());
  if (IsTerminal(update.snapshot->prediction)) {
    finished_ = true;
    subscription_.reset();
    recorder_.End(absl::OkStatus(), record_);
    StartWriteAndFinish(&in_flight_, grpc::WriteOptions(), grpc::Status::OK);
  } else {
    writing_ = true;
    StartWrite(&in_flight_);
  }
}

}  // namespace wriftai
