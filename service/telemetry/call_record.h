#ifndef WRIFTAI_SERVICE_TELEMETRY_CALL_RECORD_H_
#define WRIFTAI_SERVICE_TELEMETRY_CALL_RECORD_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/trace_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "service/telemetry/call_metadata.h"
#include "upstream/call_trace.h"

namespace wriftai {

enum class CallMethod { kGet, kCreate, kList, kCancel, kWait, kCreateAndWait };

inline constexpr size_t kCallMethodCount = 6;

// "Get".
absl::string_view ShortName(CallMethod method);

// "wriftai.v1.Predictions/Get".
std::string FullName(CallMethod method);

// What is known of one call, for metrics and the log: no token, no payload, and
// nothing of a caller's but what has been checked. A waiting stream keeps it
// all along, so that it is small.
//
// A value; of one thread at a time: begun on gRPC's, then the loop's.
struct CallRecord {
  CallMethod method = CallMethod::kGet;
  bool ended = false;
  absl::Time began_at;  // EventLoop::Now()'s clock, and so is the deadline.
  absl::Time deadline = absl::InfiniteFuture();

  std::string request_id;  // The caller's, or one that was made.
  std::string peer;        // The address that called, without its port.

  // Where the caller has sent a valid traceparent.
  std::optional<TraceContext> trace;
  std::string span_id;  // Of this call in that trace.

  std::string credential;     // Its display name; empty: none was found.
  std::string prediction_id;  // Empty until it is known.
  std::string model;          // Of a create.

  // Bytes of messages as they are before compression.
  int64_t received_bytes = 0;
  int64_t sent_bytes = 0;
  int64_t updates = 0;  // Written to the stream.

  // Of the requests upstream that are this call's alone; null for a Wait, which
  // has none.
  std::shared_ptr<CallTrace> upstream;
};

// The metadata that names a call, both ways.
inline constexpr char kRequestIdKey[] = "x-request-id";

// Begins the record of a call, and has its request id sent back with the
// response, whatever becomes of it. On gRPC's thread, before anything is sent.
CallRecord BeginCall(CallMethod method, const grpc::ByteBuffer& request,
                     absl::Time deadline, const EventLoop& event_loop,
                     grpc::CallbackServerContext& context);

// The status of a call that its caller has left: DEADLINE_EXCEEDED where that
// is why, else CANCELLED. A caller's clock runs out a little earlier than the
// gateway's, by the request's way here and by what its library has rounded up.
absl::Status CallerLeft(const CallRecord& record, absl::Time now);

// The id in a caller's metadata, if it is a single one of 1 to 128 letters,
// digits and -._~:/+=@ (UUIDs, ULIDs, base64, and what proxies make), so that
// it can stand in any log; else a new one.
std::string RequestIdFrom(const CallMetadata& metadata);

// The address in a peer's URI as gRPC gives it ("ipv4:192.0.2.1:4711"), without
// the port, which says nothing to anybody later; "unix" for a socket's path.
std::string AddressOf(absl::string_view peer);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TELEMETRY_CALL_RECORD_H_
