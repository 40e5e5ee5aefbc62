#ifndef WRIFTAI_SERVICE_RPC_RPC_RUNNER_H_
#define WRIFTAI_SERVICE_RPC_RPC_RUNNER_H_

#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/delivered_bytes.h"
#include "grpc/support/time.h"
#include "grpcpp/support/byte_buffer.h"
#include "service/calls/accepted_call.h"
#include "service/engine/engine.h"
#include "service/rpc/forwarded_call_gate.h"
#include "service/rpc/received_request.h"
#include "service/rpc/rpc_reactor.h"
#include "service/rpc/unary_reactor.h"
#include "service/rpc/wait_reactor.h"
#include "service/telemetry/call_metadata.h"
#include "service/telemetry/call_recorder.h"

namespace wriftai {

// The path of every call. On gRPC's thread: record, authenticate, decode and
// translate the request. On the loop: decode in the worker pool if it is large,
// find the credential, and run the RPC's handler. An error of any step ends the
// call through its reactor.
//
// Threads: any. Engine, recorder, their loop and the gate must outlive it and
// its calls.
class RpcRunner {
 public:
  // `delivered`: counts the bytes of each request; may be null.
  // `gate`: decides on the calls if other replicas forward them; null for the
  // calls of clients.
  RpcRunner(Engine& engine, CallRecorder& recorder, DeliveredBytes* delivered,
            ForwardedCallGate* gate)
      : engine_(engine),
        recorder_(recorder),
        delivered_(delivered),
        gate_(gate) {}

  // `handler` runs on the loop with the context for upstream requests, the
  // call and the reactor. It returns what Reactor::Continue() takes.
  template <typename Request, typename Reactor, typename Handler>
  void Run(AcceptedCall call, Handler handler) {
    if (!call.request.Valid()) return Reject(std::move(call));
    const CallMetadata metadata = std::move(call.metadata);
    grpc::ByteBuffer request;
    request.Swap(&call.request);
    CallRecord record = Record(MethodOf<Request>(), call.peer(), metadata,
                               call.deadline, request);
    auto& reactor =
        *new Reactor(reactor_context(), std::move(record), std::move(call));
    auto received = Accept<Request>(metadata, request, reactor.record());
    if (!received.ok()) {
      return reactor.Start(
          [&reactor, status = received.status()] { reactor.End(status); });
    }
    reactor.Start([this, &reactor, received = *std::move(received),
                   handler = std::move(handler)]() mutable {
      if (received.call.has_value()) {
        return Handle(std::move(received), reactor, handler);
      }
      reactor.Continue(FinishReading<Request>(
          engine_, std::move(received),
          [this, &reactor, handler = std::move(handler)](
              absl::StatusOr<ReceivedRequest<Request>> read) mutable {
            if (!read.ok()) return reactor.End(read.status());
            Describe(*read->call, reactor.record());
            Handle(*std::move(read), reactor, handler);
          }));
    });
  }

 private:
  // Authenticates, decodes and translates. Leaves a large request undecoded.
  template <typename Request>
  absl::StatusOr<ReceivedRequest<Request>> Accept(
      const CallMetadata& metadata, const grpc::ByteBuffer& request,
      CallRecord& record) {
    auto caller = CallerOf(metadata, record);
    if (!caller.ok()) return caller.status();
    auto received = Receive<Request>(engine_, *caller, request);
    if (!received.ok()) return received;
    if (received->call.has_value()) Describe(*received->call, record);
    if (gate_ != nullptr) {
      const auto forwarded = ForwardedCallInfoFrom(metadata);
      if (!forwarded.ok()) return forwarded.status();
      received->forwarded = *forwarded;
    }
    return received;
  }

  template <typename Request, typename Reactor, typename Handler>
  void Handle(ReceivedRequest<Request> received, Reactor& reactor,
              Handler& handler) {
    auto context = ContextFor(received.caller, reactor.record());
    if (!context.ok()) return reactor.End(context.status());
    if (gate_ != nullptr) {
      const ForwardedCallInfo& forwarded = received.forwarded;
      absl::Status status = gate_->Check(*context->credential, forwarded);
      if (!status.ok()) return reactor.End(status);
      reactor.ReportOwnerTime();
      ApplyForwarded(forwarded, *received.call);
      context->forwarded = true;
    }
    context->memory = std::move(received.memory);
    reactor.EncodeFor(context->credential->key(), received.call->format);
    reactor.Continue(
        handler(*std::move(context), *std::move(received.call), reactor));
  }

  // Ends a call that was reset or half-closed before its message arrived. Makes
  // no record, since there may be thousands of these a second.
  static void Reject(AcceptedCall call);

  RpcContext reactor_context() {
    return {engine_.event_loop(), recorder_, engine_.encoder()};
  }

  CallRecord Record(CallMethod method, const std::string& peer,
                    const CallMetadata& metadata, gpr_timespec deadline,
                    const grpc::ByteBuffer& request);

  absl::StatusOr<Caller> CallerOf(const CallMetadata& metadata,
                                  const CallRecord& record) const;

  // Copies the identifying fields of a request to its record.
  static void Describe(const ApiCall& call, CallRecord& record);

  // The context for upstream requests. Also records the credential.
  absl::StatusOr<CallContext> ContextFor(const Caller& caller,
                                         CallRecord& record);

  Engine& engine_;
  CallRecorder& recorder_;
  DeliveredBytes* const delivered_;
  ForwardedCallGate* const gate_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_RPC_RUNNER_H_
