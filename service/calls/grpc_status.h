#ifndef WRIFTAI_SERVICE_CALLS_GRPC_STATUS_H_
#define WRIFTAI_SERVICE_CALLS_GRPC_STATUS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "grpcpp/support/status.h"

namespace wriftai {

// `status` as gRPC sends it: its details as google.rpc.Status in
// grpc-status-details-bin. Message and details are cut to what fits the 8 KiB
// of trailers that clients accept by default, violations first, since beyond it
// the client would see another error altogether. Any thread.
grpc::Status ToGrpcStatus(const absl::Status& status);

// `status` with the call's id in its ErrorInfo's metadata, where it has one, so
// that who shows an error shows where to look for it in the log. Any thread.
absl::Status WithRequestId(absl::string_view request_id, absl::Status status);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CALLS_GRPC_STATUS_H_
