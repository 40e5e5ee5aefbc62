#include "service/rpc/rpc_runner.h"

#include <cstdint>

#include "absl/time/time.h"
#include "service/calls/call_reactor.h"
#include "service/rpc/auth_metadata.h"
#include "service/rpc/grpc_status.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

// What is counted for the headers of a call, whose size is not known here. gRPC
// limits them to 8 KiB, but only once the client has acknowledged the settings.
constexpr int64_t kHeaderBytes = 16 << 10;

// Converts gRPC's wall-clock deadline back to the duration that was on the
// wire, so clock steps do not move it. Does not use deadline(), whose
// nanoseconds overflow after the year 2262: some clients send such deadlines
// for "none".
absl::Time DeadlineOf(gpr_timespec deadline, const EventLoop& event_loop) {
  if (gpr_time_cmp(deadline, gpr_inf_future(deadline.clock_type)) == 0) {
    return absl::InfiniteFuture();
  }
  const gpr_timespec left =
      gpr_time_sub(deadline, gpr_now(deadline.clock_type));
  return event_loop.Now() + absl::Seconds(left.tv_sec) +
         absl::Nanoseconds(left.tv_nsec);
}

const grpc::Status& NoMessage() {
  static const auto& status = *new grpc::Status(ToGrpcStatus(
      GatewayError(absl::StatusCode::kInvalidArgument, v1::INVALID_MESSAGE,
                   "the call ended without a request message")));
  return status;
}

class RejectedCall final : public CallReactor {
 public:
  explicit RejectedCall(AcceptedCall call) : CallReactor(std::move(call)) {}

  void Start() {
    Finish(NoMessage());
    StartReactions();
  }

 private:
  void OnWriteDone(bool ok) override {}
  void OnCancel() override {}
  void OnDone() override { delete this; }
};

}  // namespace

void RpcRunner::Reject(AcceptedCall call) {
  (new RejectedCall(std::move(call)))->Start();
}

CallRecord RpcRunner::Record(CallMethod method, const std::string& peer,
                             const CallMetadata& metadata,
                             gpr_timespec deadline,
                             const grpc::ByteBuffer& request) {
  if (delivered_ != nullptr) {
    delivered_->Add(peer,
                    kHeaderBytes + static_cast<int64_t>(request.Length()));
  }
  const EventLoop& event_loop = engine_.event_loop();
  return MakeCallRecord(method, peer, metadata, request,
                        DeadlineOf(deadline, event_loop), event_loop,
                        recorder_.tracer());
}

absl::StatusOr<Caller> RpcRunner::CallerOf(const CallMetadata& metadata,
                                           const CallRecord& record) const {
  Caller caller;
  caller.deadline = record.deadline;
  if (engine_.credential_policy() == CredentialPolicy::kGateway) return caller;
  auto credential = CredentialFromMetadata(metadata);
  if (!credential.ok()) return credential.status();
  caller.credential = *std::move(credential);
  return caller;
}

void RpcRunner::Describe(const ApiCall& call, CallRecord& record) {
  record.prediction_id = call.id;
  record.model = call.model;
}

absl::StatusOr<CallContext> RpcRunner::ContextFor(const Caller& caller,
                                                  CallRecord& record) {
  auto context = engine_.ContextFor(caller);
  if (!context.ok()) return context;
  record.credential = std::string(context->credential->display_name());
  context->trace = record.upstream;
  return context;
}

}  // namespace wriftai
