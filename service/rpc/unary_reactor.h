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

// One unary call: runs its work on the loop, and finishes exactly once.
//
// gRPC's reactions come on its own threads and touch no field: they post. The
// last of them, OnDone, posts the deletion, which so runs after everything that
// could still name the object (the loop's inbox is first in, first out).
//
// Threads: made on any; fields on the loop. Owns: itself, and the work's
// handle: when the caller leaves, dropping it takes the call back upstream.
// EventLoop and recorder must outlive it. Fails: through the call's status.
class UnaryReactor : public grpc::ServerUnaryReactor {
 public:
  // Starts the work, on the loop, which calls End() when it is done. Once the
  // returned handle is destroyed, End() must not be called any more. Where the
  // work has ended the call at once, the handle is null.
  using Work = absl::AnyInvocable<CallHandle(UnaryReactor& reactor)>;

  // A reactor that does `work`.
  static UnaryReactor* Run(EventLoop& event_loop, CallRecorder& recorder,
                           CallRecord record, Work work);

  // A reactor that ends at once.
  static UnaryReactor* Fail(EventLoop& event_loop, CallRecorder& recorder,
                            CallRecord record, const absl::Status& status);

  // On the loop.
  CallRecord& record() { return record_; }

  // Goes on with the next step of the work, whose handle this is. On the loop.
  void GoOn(CallHandle work) {
    if (!ended_) work_ = std::move(work);
  }

  // Ends the call: with `response`, which gRPC owns, or with an error. On the
  // loop, once.
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
