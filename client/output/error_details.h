#ifndef WRIFTAI_CLIENT_OUTPUT_ERROR_DETAILS_H_
#define WRIFTAI_CLIENT_OUTPUT_ERROR_DETAILS_H_

#include <grpcpp/grpcpp.h>

#include <optional>
#include <string>

#include "absl/time/time.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

// Reads the details (google.rpc) of a failed call. Details that cannot be
// parsed count as absent. All functions: any thread.

namespace wriftai::client {

template <typename Detail>
std::optional<Detail> FindDetail(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return std::nullopt;
  Detail detail;
  for (const google::protobuf::Any& any : details.details()) {
    if (any.Is<Detail>() && any.UnpackTo(&detail)) return detail;
  }
  return std::nullopt;
}

inline bool HasErrorInfo(const grpc::Status& status) {
  return FindDetail<google::rpc::ErrorInfo>(status).has_value();
}

// The server's retry delay, clamped to [0, kMaxRetryDelay].
std::optional<absl::Duration> RetryDelay(const grpc::Status& status);

// The id of the prediction that a failed call created nevertheless.
std::optional<std::string> CreatedId(const grpc::Status& status);

// Bounds the time that a user waits without seeing an attempt.
inline constexpr absl::Duration kMaxRetryDelay = absl::Minutes(1);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_OUTPUT_ERROR_DETAILS_H_
