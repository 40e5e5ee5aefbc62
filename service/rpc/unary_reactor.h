#ifndef WRIFTAI_SERVICE_RPC_UNARY_REACTOR_H_
#define WRIFTAI_SERVICE_RPC_UNARY_REACTOR_H_

#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "service/telemetry/call_recorder.h"

namespace wriftai {

// One unary call: runs its work on the loop and finishes exactly once.
//
// gRPC's reactions run on its own threads, touch no fields, and post to the
// loop. The last one, OnDone, posts the deletion. The loop's queue is FIFO, so
// the deletion runs after every task that uses the object.
//
// Threads: made on any; fields on the loop. Owns: itself and the work's handle;
// if the caller disconnects, destroying the handle cancels the upstream
// request. EventLoop and recorder must outlive it. Fails: through the call's
// status.
class UnaryReactor : public grpc::ServerUnaryReactor {
 public:
  // Starts the work on the loop; it calls End() when done, but never after its
  // returned handle is destroyed. The handle is null if the work has already
  // ended the call.
  using Work = absl::AnyInvocable<CallHandle(UnaryReactor& reactor)>;

  // A reactor that does `work`.
  static UnaryReactor* Run(EventLoop& event_loop, CallRecorder& recorder,
                           CallRecord record, Work work);

  // A reactor that ends at once.
  static UnaryReactor* Fail(EventLoop& event_loop, CallRecorder& recorder,
                            CallRecord record, const absl::Status& status);

  // On the loop.
  CallRecord& record() { return record_; }

  // Replaces the handle when the next step of the work starts. On the loop.
  void Continue(CallHandle work) {
    if (!ended_) work_ = std::move(work);
  }

  // Ends the call: with `bytes` as its `response`, which gRPC owns, or with an
  // error. On the loop, once.
  void End(const grpc::ByteBuffer& bytes, grpc::ByteBuffer& response);
  void End(const absl::Status& status);

 private:
  UnaryReactor(EventLoop& event_loop, CallRecorder& recorder, CallRecord record)
      : event_loop_(event_loop),
        recorder_(recorder),
        record_(std::move(record)) {}

  void OnCancel() override;
  void OnDone() override;

  void Start(Work work);

  EventLoop& event_loop_;
  CallRecorder& recorder_;
  const CallRecorder::OpenCall open_call_{recorder_};
  CallRecord record_;
  CallHandle work_;
  bool ended_ = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_UNARY_REACTOR_H_
