#ifndef WRIFTAI_SERVICE_TELEMETRY_CALL_RECORD_H_
#define WRIFTAI_SERVICE_TELEMETRY_CALL_RECORD_H_

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
#include "service/telemetry/call_metadata.h"
#include "service/telemetry/call_method.h"
#include "service/tracing/tracer.h"
#include "upstream/call_trace.h"

namespace wriftai {

// The facts about one call, for metrics and the log. It contains no token, no
// payload, and only validated text from the caller. Small, because a waiting
// stream keeps it for its whole life.
//
// A value, used by one thread at a time: first gRPC's, then the loop.
struct CallRecord {
  CallMethod method = nullptr;
  bool ended = false;
  absl::Time started_at;  // By EventLoop::Now(), like the deadline.
  absl::Time deadline = absl::InfiniteFuture();

  std::string request_id;  // The caller's, or a generated one.
  std::string peer;        // The caller's address, without the port.

  // Set if the caller sent a valid traceparent, or if traces begin here.
  std::optional<TraceContext> trace;
  std::string span_id;             // This call's span in that trace.
  std::shared_ptr<CallSpan> span;  // Null: not recorded.

  std::string credential;     // Its display name; empty: unknown.
  std::string prediction_id;  // Empty until it is known.
  std::string model;          // Set for creates.

  // Sizes of messages without compression.
  int64_t received_bytes = 0;
  int64_t sent_bytes = 0;
  int64_t updates = 0;  // Written to the stream.

  // The upstream requests made only for this call. Null for a Wait, which
  // shares its polls.
  std::shared_ptr<CallTrace> upstream;
};

// The metadata key of the request id, in requests and responses.
inline constexpr char kRequestIdKey[] = "x-request-id";

// Makes the record of a call. `peer`: its URI from gRPC. `tracer`: null if no
// traces are recorded. On gRPC's thread.
CallRecord MakeCallRecord(CallMethod method, absl::string_view peer,
                          const CallMetadata& metadata,
                          const grpc::ByteBuffer& request, absl::Time deadline,
                          const EventLoop& event_loop,
                          const Tracer* tracer = nullptr);

// The status of a call that its caller has cancelled: DEADLINE_EXCEEDED if its
// deadline is the likely cause, otherwise CANCELLED. A caller's deadline passes
// slightly before the gateway's, because of the network and of rounding.
absl::Status CancellationStatus(const CallRecord& record, absl::Time now);

// The id in a caller's metadata, if it is a single one of 1 to 128 letters,
// digits and -._~:/+=@ (UUIDs, ULIDs, base64, and proxies' ids), which is safe
// in any log. Otherwise a new id.
std::string RequestIdFrom(const CallMetadata& metadata);

// The address in a peer's URI from gRPC ("ipv4:192.0.2.1:4711"), without the
// port. "unix" for a Unix socket.
std::string AddressOf(absl::string_view peer);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TELEMETRY_CALL_RECORD_H_
