#ifndef WRIFTAI_SERVICE_CALLS_ACCEPTED_CALL_H_
#define WRIFTAI_SERVICE_CALLS_ACCEPTED_CALL_H_

#include <map>
#include <memory>
#include <string>

#include "grpc/grpc.h"
#include "grpc/support/alloc.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/string_ref.h"
#include "service/calls/call_count.h"
#include "service/calls/send_thread.h"

namespace wriftai {

struct UnrefCall {
  void operator()(grpc_call* call) const { grpc_call_unref(call); }
};

// A call of gRPC's core. Without an operation in progress, destroying it
// cancels the call unless it has ended.
using CoreCall = std::unique_ptr<grpc_call, UnrefCall>;

// A call with its only request, to be passed to a CallReactor. A value, used by
// one thread at a time.
struct AcceptedCall {
  // "ipv4:192.0.2.1:4711", as ServerContext::peer().
  std::string peer() const {
    const std::unique_ptr<char, decltype(&gpr_free)> text(
        grpc_call_get_peer(call.get()), gpr_free);
    return text.get();
  }

  CallCount::Hold hold;         // Released last.
  SendThread* sends = nullptr;  // Outlives `hold`.
  CoreCall call;
  gpr_timespec deadline = {};
  // Valid while the call exists.
  std::multimap<grpc::string_ref, grpc::string_ref> metadata;
  // Invalid if the call was reset or half-closed before its message arrived.
  grpc::ByteBuffer request;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CALLS_ACCEPTED_CALL_H_
