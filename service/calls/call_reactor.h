#ifndef WRIFTAI_SERVICE_CALLS_CALL_REACTOR_H_
#define WRIFTAI_SERVICE_CALLS_CALL_REACTOR_H_

#include <atomic>
#include <cstddef>
#include <optional>
#include <string>

#include "grpc/grpc.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/status.h"
#include "service/calls/accepted_call.h"

namespace wriftai {

// One call with one request and any number of responses, as
// grpc::ServerWriteReactor<grpc::ByteBuffer>, on gRPC's core: see CallQueues
// for the reason. It also takes 5 KiB less per call. Messages of more than
// SendThread::kLargeBytes are sent by another thread.
//
// Threads: reactions run on any thread, also inside StartWrite() and Finish();
// StartWrite() and Finish() on one thread at a time. Owns: the call, until
// OnDone(). Fails: never; a write to a call that has ended is not ok.
class CallReactor {
 public:
  CallReactor(const CallReactor&) = delete;
  CallReactor& operator=(const CallReactor&) = delete;

 protected:
  explicit CallReactor(AcceptedCall call);
  virtual ~CallReactor() = default;

  // Adds metadata to the start of the response. Before StartReactions().
  // `key`: a literal.
  void SetInitialMetadata(const char* key, std::string value);

  // Adds metadata to the end of the response. Before the call ends. `key`: a
  // literal.
  void SetTrailingMetadata(const char* key, std::string value);

  // Lets the reactions begin. Once; afterwards, only OnDone() ends the object.
  void StartReactions();

  // One write at a time.
  void StartWrite(grpc::ByteBuffer&& message);

  // Ends the call, once, also after OnCancel().
  void Finish(const grpc::Status& status);
  void StartWriteAndFinish(grpc::ByteBuffer&& message,
                           const grpc::Status& status);

 private:
  // An entry until it is sent.
  struct Metadata {
    const char* key = nullptr;
    std::string value;  // Empty: none.
  };

  // An operation in progress; `kReact` runs when it is completed.
  template <void (CallReactor::*kReact)(bool ok)>
  struct Operation : grpc_completion_queue_functor {
    explicit Operation(CallReactor& owner)
        : grpc_completion_queue_functor{Run, /*inlineable=*/1, 0, nullptr},
          reactor(owner) {}

    static void Run(grpc_completion_queue_functor* functor, int ok) {
      CallReactor& reactor = static_cast<Operation*>(functor)->reactor;
      (reactor.*kReact)(ok != 0);
      reactor.EndOperation();
    }

    CallReactor& reactor;
  };

  // The write has ended; not ok if the call has ended before.
  virtual void OnWriteDone(bool ok) = 0;

  // The caller has left, or its deadline has passed, before the call's end.
  virtual void OnCancel() = 0;

  // The last reaction: gRPC is done with the call, and the object may be
  // destroyed.
  virtual void OnDone() = 0;

  void Written(bool ok);
  void Finished(bool /*ok*/) {}
  void Closed(bool /*ok*/);
  void EndOperation();

  // Sends initial metadata, message and status: what there is, and is not sent.
  void Send(grpc::ByteBuffer&& message, std::optional<grpc::Status> status,
            grpc_completion_queue_functor& operation);
  void StartSend(const std::optional<grpc::Status>& status,
                 grpc_completion_queue_functor& operation);
  static void Start(grpc_call* call, const grpc_op* operations, size_t count,
                    grpc_completion_queue_functor& operation);

  CallCount::Hold hold_;
  SendThread& sends_;
  CoreCall call_;
  Operation<&CallReactor::Closed> close_{*this};
  Operation<&CallReactor::Written> write_{*this};
  Operation<&CallReactor::Finished> finish_{*this};
  // Operations in progress. The close and the finish count from the beginning.
  std::atomic<int> operations_{2};
  int cancelled_ = 0;  // Set by gRPC before Closed().
  bool sent_metadata_ = false;
  Metadata initial_metadata_;
  Metadata trailing_metadata_;
  grpc::ByteBuffer message_;  // Being written.
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CALLS_CALL_REACTOR_H_
