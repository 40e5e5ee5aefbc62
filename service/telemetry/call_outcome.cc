#include "service/telemetry/call_outcome.h"

#include "service/engine/gateway_credential.h"
#include "upstream/error_details.h"

namespace wriftai {

CallOutcome OutcomeOf(const absl::Status& status, absl::string_view credential,
                      bool is_stream) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return CallOutcome::kOk;
    case absl::StatusCode::kCancelled:
      return CallOutcome::kRoutine;
    case absl::StatusCode::kUnavailable: {
      const v1::ErrorReason reason = ReasonOf(status);
      return reason == v1::DRAINING || reason == v1::STREAM_AGE_REACHED ||
                     reason == v1::NOT_OWNER
                 ? CallOutcome::kRoutine
                 : CallOutcome::kFailure;
    }
    case absl::StatusCode::kDeadlineExceeded:
      return is_stream ? CallOutcome::kRoutine : CallOutcome::kFailure;
    case absl::StatusCode::kResourceExhausted:
      return ReasonOf(status) == v1::MESSAGE_TOO_LARGE
                 ? CallOutcome::kCallerMistake
                 : CallOutcome::kFailure;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return credential == GatewayCredential::kName
                 ? CallOutcome::kFailure
                 : CallOutcome::kCallerMistake;
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kAlreadyExists:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAborted:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kUnimplemented:
      return CallOutcome::kCallerMistake;
    default:
      return CallOutcome::kFailure;
  }
}

}  // namespace wriftai
