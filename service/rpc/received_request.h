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
#include "service/rpc/message_bytes.h"
#include "service/rpc/request_codec.h"
#include "service/rpc/translate.h"

namespace wriftai {

// What a request becomes.
template <typename Request>
using CallOf = typename decltype(CallFrom(Request()))::value_type;

// Decodes and checks a request. Any thread.
template <typename Request>
absl::StatusOr<CallOf<Request>> ReadCall(const grpc::ByteBuffer& bytes,
                                         size_t max_bytes) {
  auto request = Decode<Request>(bytes, max_bytes);
  if (!request.ok()) return request.status();
  return CallFrom(*std::move(request));
}

// What a call takes of the budget for messages, until it ends: what gRPC holds
// of its request, and what is sent upstream for it.
struct CallMemory {
  ByteBudget::Hold request;
  ByteBudget::Hold upstream;
};

// A request whose caller is known, and which is decoded or small enough to be
// held until it is.
template <typename Request>
struct ReceivedRequest {
  Caller caller;
  std::string owner;  // Whose share of the budget it takes.
  std::optional<CallOf<Request>> call;
  grpc::ByteBuffer bytes;              // To be decoded, where there is no call.
  std::shared_ptr<CallMemory> memory;  // Null where it is small.
};

// Decodes what is small, here and now. What is large, or may be when it is
// decompressed, is given its room in the budget and left to FinishReading().
// Any thread.
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
  auto room =
      engine.message_budget().TryAcquire(received.owner, bytes.Length());
  if (!room.has_value()) {
    return NoRoomForMessage(engine.message_budget());
  }
  received.bytes = bytes;
  received.memory = std::make_shared<CallMemory>();
  received.memory->request = *std::move(room);
  return received;
}

// The bytes that go upstream with a call.
inline size_t UpstreamBytes(const CreateCall& call) {
  return call.params.input_json.size();
}
inline size_t UpstreamBytes(const CreateAndWaitCall& call) {
  return UpstreamBytes(call.create);
}
template <typename OtherCall>
size_t UpstreamBytes(const OtherCall&) {
  return 0;
}

// Decodes what Receive() has left, on a thread of the pool, and calls `done`
// with it on the loop. On the loop.
template <typename Request>
[[nodiscard]] CallHandle FinishReading(
    Engine& engine, ReceivedRequest<Request> received,
    absl::AnyInvocable<void(absl::StatusOr<ReceivedRequest<Request>>)> done) {
  using ReadingCall = CallOf<Request>;
  // A compressed request is taken for a large one: it may be.
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
        auto room = engine.message_budget().TryAcquire(
            received.owner, 2 * UpstreamBytes(*call));
        if (!room.has_value()) {
          return done(NoRoomForMessage(engine.message_budget()));
        }
        received.memory->upstream = *std::move(room);
        received.call = *std::move(call);
        done(std::move(received));
      });
}

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_RECEIVED_REQUEST_H_
