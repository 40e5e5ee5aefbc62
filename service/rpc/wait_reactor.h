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
#include "service/engine/prediction_encoder.h"
#include "service/telemetry/call_recorder.h"
#include "service/telemetry/open_streams.h"
#include "upstream/watch/prediction_observer.h"
#include "upstream/watch/watch_registry.h"
#include "wriftai/v1/predictions.pb.h"

namespace wriftai {

// One waiting stream: a waiter of the watch on one side, one write in flight on
// the other.
//
// A prediction is a state and no log, so that a slow reader gets the newest one
// when it comes back, never a queue: at most one update is in flight and one
// waits. The terminal one is last and so cannot be replaced. The stream ends in
// one place, WriteNext(), and only while no write is in flight.
//
// Threads: made on any; fields on the loop; gRPC's reactions post (see
// UnaryReactor). Owns: itself, its subscription, the call before it. EventLoop,
// recorder and registry must outlive it. Fails: through the stream's status.
class WaitReactor : public grpc::ServerWriteReactor<grpc::ByteBuffer>,
                    private PredictionObserver {
 public:
  // Begins the stream, on the loop: subscribes at once and returns null, or
  // returns the handle of a call that will Subscribe() or Fail() later.
  using Begin = absl::AnyInvocable<CallHandle(WaitReactor& reactor)>;

  static WaitReactor* Run(EventLoop& event_loop, CallRecorder& recorder,
                          CallRecord record, Begin begin);

  // A stream that ends at once.
  static WaitReactor* Fail(EventLoop& event_loop, CallRecorder& recorder,
                           CallRecord record, const absl::Status& status);

  // On the loop.
  CallRecord& record() { return record_; }

  // How and for whom updates are encoded. On the loop, before the first one.
  void EncodeWith(PredictionEncoder& encoder, v1::PayloadFormat format,
                  const std::string& owner) {
    encoder_ = &encoder;
    format_ = format;
    owner_ = owner;
  }

  // Goes on with the next step of what comes before the wait, whose handle this
  // is. On the loop.
  void GoOn(CallHandle call) {
    if (!gone_ && !ending_.has_value()) call_ = std::move(call);
  }

  // Its place among all waits, until it is gone. On the loop, once.
  void Hold(DynamicThresholdLimiter::Slot place) {
    place_.emplace(std::move(place));
  }

  // Becomes a waiter for the prediction. On the loop, once. `known`: what was
  // just learnt of it, told first where nothing newer is known; may be null.
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
  std::optional<DynamicThresholdLimiter::Slot> place_;
  CallHandle call_;
  std::unique_ptr<Subscription> subscription_;
  std::optional<Update> newest_;   // To be written.
  std::optional<Update> current_;  // While it is encoded.
  CallHandle encoding_;
  std::optional<absl::Status> ending_;  // To be finished with after that.
  bool gone_ = false;                   // Nobody reads any more.
  bool writing_ = false;
  bool finished_ = false;
  // gRPC wants the bytes untouched until the write is done.
  grpc::ByteBuffer in_flight_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_WAIT_REACTOR_H_
