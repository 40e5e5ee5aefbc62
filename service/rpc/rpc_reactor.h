#ifndef WRIFTAI_SERVICE_RPC_RPC_REACTOR_H_
#define WRIFTAI_SERVICE_RPC_RPC_REACTOR_H_

#include <memory>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "proto/predictions.h"
#include "service/engine/prediction_encoder.h"
#include "service/rpc/forwarded_call_gate.h"
#include "service/rpc/grpc_status.h"
#include "service/telemetry/call_recorder.h"
#include "service/tracing/tracer.h"

namespace wriftai {

// What a reactor works with; all of it must outlive the reactor.
struct RpcContext {
  EventLoop& event_loop;
  CallRecorder& recorder;
  PredictionEncoder& encoder;
};

// The common part of the reactors: one call, its record and its status.
//
// gRPC's reactions run on any thread, touch no fields, and post to the loop.
// The last one, OnDone, posts the deletion. The loop's queue is FIFO, so the
// deletion runs after every task that uses the object.
//
// Threads: made on any; fields on the loop. Owns: itself. Fails: through the
// call's status.
template <typename GrpcReactor>
class RpcReactor : public GrpcReactor {
 public:
  // The work of a call. It ends the call or continues it; on the loop.
  using Work = absl::AnyInvocable<void()>;

  // `call`: for the constructor of GrpcReactor.
  template <typename... Call>
  RpcReactor(const RpcContext& context, CallRecord record, Call&&... call)
      : GrpcReactor(std::forward<Call>(call)...),
        context_(context),
        open_call_(context.recorder),
        record_(std::move(record)) {}

  // On the loop.
  CallRecord& record() { return record_; }

  // Tells the replica that has forwarded the call how long it took here. On the
  // loop.
  void ReportOwnerTime() { reports_owner_time_ = true; }

  // How predictions are encoded, and the owner to charge. On the loop, before
  // the first one.
  void EncodeFor(absl::string_view owner, v1::PayloadFormat format) {
    owner_ = std::string(owner);
    format_ = format;
  }

 protected:
  EventLoop& event_loop() { return context_.event_loop; }
  CallRecorder& recorder() { return context_.recorder; }
  absl::Time now() { return context_.event_loop.Now(); }

  PredictionEncoder::Bytes FindEncoded(const SnapshotPtr& snapshot) {
    return context_.encoder.Find(owner_, snapshot, format_);
  }
  CallHandle Encode(const SnapshotPtr& snapshot, PredictionEncoder::Done done) {
    return context_.encoder.Encode(owner_, snapshot, format_, std::move(done));
  }

  // For a call that is recorded: the spans of its wait for the prediction.
  std::unique_ptr<WaitSpans> BeginWaitSpans() {
    return std::make_unique<WaitSpans>(*context_.recorder.tracer(),
                                       record_.span, owner_,
                                       record_.prediction_id);
  }

  // gRPC is done with the call: no longer counts it as open. Any thread.
  void CloseCall() { open_call_.Close(); }

  // Ends the record of a call. Before its end is sent.
  void EndRecord(const absl::Status& status) {
    recorder().End(status, record_);
    if (!reports_owner_time_) return;
    this->SetTrailingMetadata(
        kOwnerTimeKey,
        absl::StrCat(absl::ToInt64Microseconds(now() - record_.started_at)));
  }

  // Sends the status; the last act of a call.
  void FinishWith(const absl::Status& status) {
    EndRecord(status);
    this->Finish(ToGrpcStatus(AddCallInfo(record_, status)));
  }

 private:
  const RpcContext context_;
  CallRecorder::OpenCall open_call_;
  CallRecord record_;
  std::string owner_;
  v1::PayloadFormat format_ = v1::PAYLOAD_FORMAT_VALUE;
  bool reports_owner_time_ = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_RPC_REACTOR_H_
