#include "service/peers/peer_errors.h"

#include "absl/strings/str_cat.h"
#include "service/engine/ownership_errors.h"
#include "upstream/error_details.h"

namespace wriftai {

absl::Status OwnerUnreachable(const absl::Status& status) {
  return OwnerUnavailable(
      absl::StrCat("the replica that serves the token cannot be reached: ",
                   status.message()));
}

absl::Status InvalidPeerResponse(absl::string_view problem) {
  return GatewayError(
      absl::StatusCode::kInternal, v1::UPSTREAM_RESPONSE_INVALID,
      absl::StrCat("the response of the replica that serves the token ",
                   problem));
}

}  // namespace wriftai
