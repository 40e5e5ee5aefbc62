#ifndef WRIFTAI_SERVICE_RPC_RECEIVED_REQUEST_H_
#define WRIFTAI_SERVICE_RPC_RECEIVED_REQUEST_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "grpcpp/support/byte_buffer.h"
#include "service/engine/engine.h"
#include "service/rpc/forwarded_call_gate.h"
#include "service/rpc/message_bytes.h"
#include "service/rpc/request_codec.h"
#include "service/rpc/translate.h"

namespace wriftai {

// The validated form of a request.
template <typename Request>
using CallOf = typename decltype(CallFrom(Request()))::value_type;

// Adds to a call what the replica that forwarded it knows. Any thread.
inline void ApplyForwarded(const ForwardedCallInfo& forwarded,
                           CreateCall& call) {
  call.params.input_is_value = forwarded.input_is_value;
}
inline void ApplyForwarded(const ForwardedCallInfo& forwarded, WaitCall& call) {
  call.options.created = forwarded.created;
}
inline void ApplyForwarded(const ForwardedCallInfo& /*forwarded*/,
                           ApiCall& /*call*/) {}

// Decodes and validates a request. Any thread.
template <typename Request>
absl::StatusOr<CallOf<Request>> ReadCall(const grpc::ByteBuffer& bytes,
                                         size_t max_bytes) {
  auto request = Decode<Request>(bytes, max_bytes);
  if (!request.ok()) return request.status();
  return CallFrom(*std::move(request));
}

// A call's holds on the message budget, until it ends: for the request held by
// gRPC, and for its upstream request.
struct CallMemory {
  ByteBudget::Hold request;
  ByteBudget::Hold upstream;
};

// A request with its caller: already decoded, or accepted to be decoded later.
template <typename Request>
struct ReceivedRequest {
  Caller caller;
  std::string owner;  // The owner to charge for its memory.
  std::optional<CallOf<Request>> call;
  grpc::ByteBuffer bytes;              // To be decoded if there is no call.
  std::shared_ptr<CallMemory> memory;  // Null for small requests.
  ForwardedCallInfo forwarded;         // On the port for other replicas.
};

// Decodes small requests inline. For large or compressed ones, acquires memory
// from the budget and leaves the decoding to FinishReading(). Any thread.
template <typename Request>
absl::StatusOr<ReceivedRequest<Request>> Receive(
    Engine& engine, const Caller& caller, const grpc::ByteBuffer& bytes) {
  ReceivedRequest<Request> received;
  received.owner =
      caller.credential == nullptr ? "gateway" : caller.credential->key();
  received.caller = caller;
  if (bytes.Length() <= WorkerPool::kInlineBytes && !IsCompressed(bytes)) {
    auto call = ReadCall<Request>(bytes, engine.max_request_bytes());
    if (!call.ok()) return call.status();
    received.call = *std::move(call);
    return received;
  }
  auto hold =
      engine.message_budget().TryAcquire(received.owner, bytes.Length());
  if (!hold.has_value()) {
    return MessageMemoryExhausted(engine.message_budget());
  }
  received.bytes = bytes;
  received.memory = std::make_shared<CallMemory>();
  received.memory->request = *std::move(hold);
  return received;
}

// Decodes in the worker pool what Receive() has not decoded, and calls `done`
// on the loop. On the loop.
template <typename Request>
[[nodiscard]] CallHandle FinishReading(
    Engine& engine, ReceivedRequest<Request> received,
    absl::AnyInvocable<void(absl::StatusOr<ReceivedRequest<Request>>)> done) {
  using ReadingCall = CallOf<Request>;
  // A compressed request may be large.
  const size_t bytes = IsCompressed(received.bytes) ? engine.max_request_bytes()
                                                    : received.bytes.Length();
  const std::string owner = received.owner;
  auto work = [bytes = received.bytes, memory = received.memory,
               max_bytes = engine.max_request_bytes()] {
    return ReadCall<Request>(bytes, max_bytes);
  };
  received.bytes.Clear();
  return engine.workers().Run<absl::StatusOr<ReadingCall>>(
      owner, bytes, std::move(work),
      [&engine, received = std::move(received),
       done = std::move(done)](absl::StatusOr<ReadingCall> call) mutable {
        if (!call.ok()) return done(call.status());
        // The body of the upstream request, and libcurl's copy of it.
        auto hold = engine.message_budget().TryAcquire(
            received.owner, 2 * call->upstream_bytes);
        if (!hold.has_value()) {
          return done(MessageMemoryExhausted(engine.message_budget()));
        }
        received.memory->upstream = *std::move(hold);
        received.call = *std::move(call);
        done(std::move(received));
      });
}

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_RECEIVED_REQUEST_H_
