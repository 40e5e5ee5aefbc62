#include "client/call/retry_rules.h"

#include "absl/strings/match.h"
#include "client/output/error_details.h"

namespace wriftai::client {
namespace {

// Certificates and settings that do not match stay so.
bool IsRejectedByTls(const grpc::Status& status) {
  return absl::StrContains(status.error_message(), "Ssl handshake failed") ||
         absl::StrContains(status.error_message(),
                           "is not in peer certificate");
}

bool IsLimited(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED &&
         RetryDelay(status).has_value();
}

bool IsTransient(const grpc::Status& status) {
  return (status.error_code() == grpc::StatusCode::UNAVAILABLE &&
          !IsRejectedByTls(status)) ||
         status.error_code() == grpc::StatusCode::CANCELLED ||
         IsLimited(status);
}

}  // namespace

bool MayReadAgain(const grpc::Status& status) { return IsTransient(status); }

bool MayCreateAgain(const grpc::Status& status) {
  return (DefinitelyNotCreated(status) && !IsRejectedByTls(status)) ||
         (IsLimited(status) && HasErrorInfo(status) &&
          !CreatedId(status).has_value());
}

bool MayWaitAgain(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::INTERNAL:
      return !HasErrorInfo(status);  // The stream broke on the way.
    case grpc::StatusCode::DEADLINE_EXCEEDED: {
      const auto info = FindDetail<google::rpc::ErrorInfo>(status);
      return info.has_value() && info->reason() == "MAX_WAIT_EXCEEDED";
    }
    default:
      return IsTransient(status);
  }
}

bool DefinitelyNotCreated(const grpc::Status& status) {
  return status.error_code() == grpc::StatusCode::UNAVAILABLE &&
         !CreatedId(status).has_value() &&
         (HasErrorInfo(status) || IsUnreachable(status));
}

bool IsUnreachable(const grpc::Status& status) {
  // These are gRPC's messages. If a later version changes them, such a create
  // is merely not retried.
  return status.error_code() == grpc::StatusCode::UNAVAILABLE &&
         (absl::StartsWith(status.error_message(),
                           "failed to connect to all") ||
          absl::StartsWith(status.error_message(), "DNS resolution failed"));
}

}  // namespace wriftai::client
