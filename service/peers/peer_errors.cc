#include "service/peers/peer_errors.h"

#include "absl/strings/str_cat.h"
#include "upstream/error_details.h"

namespace wriftai {

absl::Status OwnerUnavailable(absl::string_view message) {
  return GatewayError(absl::StatusCode::kUnavailable, v1::OWNER_UNAVAILABLE,
                      message);
}

absl::Status OwnerUnreachable(const absl::Status& status) {
  return OwnerUnavailable(
      absl::StrCat("the replica that serves the token cannot be reached: ",
                   status.message()));
}

absl::Status ForwardedCreateUnknown(const absl::Status& status) {
  absl::Status unknown = GatewayError(
      absl::StatusCode::kUnknown, v1::CREATE_OUTCOME_UNKNOWN,
      absl::StrCat("the replica that serves the token did not respond (",
                   status.message(),
                   "); the prediction may have been created: list predictions "
                   "before you retry"));
  SetMetadata(kCreateOutcomeKey, kCreateOutcomeIsUnknown, unknown);
  return unknown;
}

absl::Status InvalidPeerResponse(absl::string_view problem) {
  return GatewayError(
      absl::StatusCode::kInternal, v1::UPSTREAM_RESPONSE_INVALID,
      absl::StrCat("the response of the replica that serves the token ",
                   problem));
}

}  // namespace wriftai
