#ifndef WRIFTAI_SERVICE_RPC_WAIT_REACTOR_H_
#define WRIFTAI_SERVICE_RPC_WAIT_REACTOR_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/dynamic_threshold_limiter.h"
#include "base/event_loop.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "proto/predictions.h"
#include "service/engine/prediction_encoder.h"
#include "service/telemetry/call_recorder.h"
#include "service/telemetry/open_streams.h"
#include "upstream/watch/prediction_observer.h"
#include "upstream/watch/watch_registry.h"

namespace wriftai {

// One waiting stream: a subscriber of the watch on one side, and one write in
// flight on the other.
//
// Updates carry state, so a slow reader gets only the latest one instead of a
// queue: at most one update is in flight and one is pending. The terminal
// update is last, so it is never replaced. The stream ends in one place,
// WriteNext(), and only while no write is in flight.
//
// Threads: made on any; fields on the loop; gRPC's reactions post (see
// UnaryReactor). Owns: itself, its subscription, and the call before it.
// EventLoop, recorder and registry must outlive it. Fails: through the stream's
// status.
class WaitReactor : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                    private PredictionObserver {
 public:
  // Starts the stream on the loop: subscribes at once and returns null, or
  // returns the handle of a call that will Subscribe() or End() later.
  using Begin = absl::AnyInvocable<CallHandle(WaitReactor& reactor)>;

  static WaitReactor* Run(EventLoop& event_loop, CallRecorder& recorder,
                          CallRecord record, Begin begin);

  // A stream that ends at once.
  static WaitReactor* Fail(EventLoop& event_loop, CallRecorder& recorder,
                           CallRecord record, const absl::Status& status);

  // On the loop.
  CallRecord& record() { return record_; }

  // Sets how updates are encoded, and the owner to charge. On the loop, before
  // the first update.
  void EncodeWith(PredictionEncoder& encoder, v1::PayloadFormat format,
                  const std::string& owner) {
    encoder_ = &encoder;
    format_ = format;
    owner_ = owner;
  }

  // Replaces the handle when the next step before the wait starts. On the loop.
  void Continue(CallHandle call) {
    if (!cancelled_ && !ending_.has_value()) call_ = std::move(call);
  }

  // Holds the wait's slot until the stream is gone. On the loop, once.
  void HoldSlot(DynamicThresholdLimiter::Slot slot) {
    slot_.emplace(std::move(slot));
  }

  // Subscribes to the prediction. On the loop, once. `known`: a state that was
  // just observed, sent first unless a newer one is known; may be null.
  void Subscribe(WatchRegistry& registry,
                 const std::shared_ptr<const Credential>& credential,
                 std::string id, const WatchOptions& options,
                 SnapshotPtr known = nullptr);

  // Ends the stream. On the loop.
  void End(const absl::Status& status);

  // The same, after a last update.
  void EndAfter(const SnapshotPtr& last, const absl::Status& status);

 private:
  struct Update {
    SnapshotPtr snapshot;
    absl::Duration interval;
  };

  WaitReactor(EventLoop& event_loop, CallRecorder& recorder, CallRecord record)
      : event_loop_(event_loop),
        recorder_(recorder),
        record_(std::move(record)) {}

  void OnWriteDone(bool ok) override;
  void OnCancel() override;
  void OnDone() override;

  void OnSnapshot(const SnapshotPtr& snapshot,
                  absl::Duration interval) override;
  void OnError(const absl::Status& status) override { End(status); }

  void WriteNext();
  void Encode();
  void Write(const PredictionEncoder::Bytes& prediction);
  void FinishWith(const absl::Status& status);

  EventLoop& event_loop_;
  CallRecorder& recorder_;
  const CallRecorder::OpenCall open_call_{recorder_};
  CallRecord record_;
  PredictionEncoder* encoder_ = nullptr;
  v1::PayloadFormat format_ = v1::PAYLOAD_FORMAT_VALUE;
  std::string owner_;

  OpenStreams::Entry entry_;  // From the first task on the loop.
  std::optional<DynamicThresholdLimiter::Slot> slot_;
  CallHandle call_;
  std::unique_ptr<Subscription> subscription_;
  std::optional<Update> pending_;  // The next to write.
  std::optional<Update> current_;  // Being encoded.
  CallHandle encoding_;
  std::optional<absl::Status> ending_;  // The final status, after the updates.
  bool cancelled_ = false;              // The caller no longer reads.
  bool writing_ = false;
  bool finished_ = false;
  // gRPC requires the bytes to stay unchanged until the write is done.
  grpc::ByteBuffer in_flight_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_WAIT_REACTOR_H_
