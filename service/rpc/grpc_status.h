#ifndef WRIFTAI_SERVICE_RPC_GRPC_STATUS_H_
#define WRIFTAI_SERVICE_RPC_GRPC_STATUS_H_

#include <cstddef>

#include "absl/status/status.h"
#include "grpcpp/support/status.h"
#include "service/telemetry/call_record.h"

namespace wriftai {

// The sizes that ToGrpcStatus() sends. Percent-encoding may triple the message,
// base64 adds a third to the details, and the message is in both:
// 3 x 1,000 + 4/3 x 3,500 < 8 KiB.
inline constexpr size_t kMaxStatusMessageBytes = 1000;
inline constexpr size_t kMaxStatusDetailBytes = 3500;

// Converts `status` for gRPC: the message passes SanitizeText(), and the
// details go into grpc-status-details-bin as google.rpc.Status. Message and
// details are truncated, violations first, to fit the 8 KiB of trailers that
// clients accept by default; with more, the client would see a different error.
// Any thread.
grpc::Status ToGrpcStatus(const absl::Status& status);

// Adds metadata about the call to the ErrorInfo of `status`, if it has one: the
// request id, to find the call in the log, and for CreateAndWait the id of the
// created prediction. gRPC clients drop unread updates when an error arrives;
// without the id, the caller might create, and pay, again. Any thread.
absl::Status AddCallInfo(const CallRecord& record, absl::Status status);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_GRPC_STATUS_H_
