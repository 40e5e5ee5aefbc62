#include "service/wait_reactor.h"

#include <utility>

#include "service/grpc_status.h"
#include "service/payload_format.h"
#include "service/request_codec.h"
#include "service/time_proto.h"

namespace wriftai {

WaitReactor* WaitReactor::Run(Scheduler& scheduler, v1::PayloadFormat format,
                              Begin begin) {
  auto* const reactor = new WaitReactor(scheduler, format);
  scheduler.Post([reactor, begin = std::move(begin)]() mutable {
    // The caller may have left already.
    if (!reactor->finished_) reactor->call_ = begin(*reactor);
  });
  return reactor;
}

WaitReactor* WaitReactor::Fail(Scheduler& scheduler,
                               const absl::Status& status) {
  auto* const reactor = new WaitReactor(scheduler, v1::PAYLOAD_FORMAT_VALUE);
  scheduler.Post([reactor, status] { reactor->End(status); });
  return reactor;
}

void WaitReactor::Subscribe(WatchRegistry& registry,
                            std::shared_ptr<const Credential> credential,
                            std::string id, const WatchOptions& options,
                            std::optional<v1::Prediction> known) {
  subscription_ = registry.Subscribe(std::move(credential), std::move(id),
                                     options, *this, std::move(known));
}

void WaitReactor::End(const absl::Status& status) {
  if (!ending_.has_value()) ending_ = status;
  Pump();
}

void WaitReactor::OnSnapshot(const SnapshotPtr& snapshot,
                             absl::Duration interval) {
  newest_ = Update{snapshot, interval};
  Pump();
}

void WaitReactor::OnWriteDone(bool ok) {
  scheduler_.Post([this, ok] {
    writing_ = false;
    if (!ok) gone_ = true;
    Pump();
  });
}

void WaitReactor::OnCancel() {
  scheduler_.Post([this] {
    gone_ = true;
    Pump();
  });
}

void WaitReactor::OnDone() {
  scheduler_.Post([self = std::unique_ptr<WaitReactor>(this)] {});
}

void WaitReactor::Pump() {
  if (gone_ || ending_.has_value()) {
    call_.reset();
    subscription_.reset();
  }
  if (finished_ || writing_) return;
  if (gone_) {
    finished_ = true;
    Finish(grpc::Status(grpc::StatusCode::CANCELLED, "the caller has left"));
  } else if (newest_.has_value()) {
    const Update update = *std::exchange(newest_, std::nullopt);
    Write(update);
  } else if (ending_.has_value()) {
    finished_ = true;
    Finish(ToGrpcStatus(*ending_));
  }
}

void WaitReactor::Write(const Update& update) {
  v1::PredictionUpdate message;
  *message.mutable_prediction() = update.snapshot->prediction;
  FormatPayloads(format_, *message.mutable_prediction());
  *message.mutable_observed_at() = TimestampFrom(update.snapshot->observed_at);
  message.set_source(update.snapshot->source);
  message.set_sequence(++sequence_);
  *message.mutable_interval() = DurationFrom(update.interval);
  in_flight_ = Encode(message);
  if (IsTerminal(update.snapshot->prediction)) {
    finished_ = true;
    subscription_.reset();
    StartWriteAndFinish(&in_flight_, grpc::WriteOptions(), grpc::Status::OK);
  } else {
    writing_ = true;
    StartWrite(&in_flight_);
  }
}

}  // namespace wriftai
