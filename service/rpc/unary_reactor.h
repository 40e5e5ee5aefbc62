#ifndef WRIFTAI_SERVICE_RPC_UNARY_REACTOR_H_
#define WRIFTAI_SERVICE_RPC_UNARY_REACTOR_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/call.h"
#include "grpcpp/support/byte_buffer.h"
#include "service/calls/accepted_call.h"
#include "service/calls/call_reactor.h"
#include "service/rpc/rpc_reactor.h"
#include "upstream/watch/snapshot.h"

namespace wriftai {

// One unary call: runs its work on the loop and finishes exactly once.
//
// Threads, fails: see RpcReactor. Owns: itself and the work's handle; if the
// caller disconnects, destroying the handle cancels the upstream request.
class UnaryReactor final : public RpcReactor<CallReactor> {
 public:
  UnaryReactor(const RpcContext& context, CallRecord record, AcceptedCall call);

  // Posts the start of the call.
  void Start(Work work);

  // Holds the next step of the work, or ends the call with its error. Null: the
  // step has completed already, and the call has ended or continued. On the
  // loop.
  void Continue(absl::StatusOr<CallHandle> step);

  // Ends the call, once: with a message, a prediction or an error. On the loop.
  void End(grpc::ByteBuffer message);
  void End(const absl::StatusOr<SnapshotPtr>& prediction);
  void End(const absl::Status& status);

 private:
  void OnWriteDone(bool /*ok*/) override {}
  void OnCancel() override;
  void OnDone() override;

  CallHandle step_;
  bool ended_ = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_UNARY_REACTOR_H_
