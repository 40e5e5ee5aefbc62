#ifndef WRIFTAI_SERVICE_RPC_GRPC_STATUS_H_
#define WRIFTAI_SERVICE_RPC_GRPC_STATUS_H_

#include "absl/status/status.h"
#include "grpcpp/support/status.h"
#include "service/telemetry/call_record.h"

namespace wriftai {

// `status` as gRPC sends it, its message as SanitizeText() leaves it: its
// details as google.rpc.Status in grpc-status-details-bin. Message and details
// are cut to what fits the 8 KiB of trailers that clients accept by default,
// violations first, since beyond it the client would see another error
// altogether. Any thread.
grpc::Status ToGrpcStatus(const absl::Status& status);

// `status` with what is known of the call in its ErrorInfo's metadata, where it
// has one: its id, so that who shows an error shows where to look for it in the
// log; and of a CreateAndWait the prediction that it has created, since gRPC's
// clients drop an update that they have not read when an error comes after it,
// and who does not know of the prediction pays for another one. Any thread.
absl::Status WithCall(const CallRecord& record, absl::Status status);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_GRPC_STATUS_H_
