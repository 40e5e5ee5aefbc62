#include "service/engine/ownership_errors.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

// As long as one attempt to reach the store takes: ClusterTimes.
constexpr absl::Duration kStoreRetryDelay = absl::Seconds(1);

}  // namespace

absl::Status NotOwnerError() {
  return GatewayError(absl::StatusCode::kUnavailable, v1::NOT_OWNER,
                      "this replica does not own the credential");
}

absl::Status OwnerUnavailable(absl::string_view message) {
  return GatewayError(absl::StatusCode::kUnavailable, v1::OWNER_UNAVAILABLE,
                      message);
}

absl::Status ForwardedCreateUnknown(absl::string_view problem) {
  absl::Status unknown = GatewayError(
      absl::StatusCode::kUnknown, v1::CREATE_OUTCOME_UNKNOWN,
      absl::StrCat("the replica that serves the token did not respond (",
                   problem,
                   "); the prediction may have been created: list predictions "
                   "before you retry"));
  SetMetadata(kCreateOutcomeKey, kCreateOutcomeIsUnknown, unknown);
  return unknown;
}

absl::Status StoreDown(absl::string_view problem) {
  absl::Status status = GatewayError(
      absl::StatusCode::kUnavailable, v1::STORE_DOWN,
      absl::StrCat("cannot record the request_id, so the create was not sent: ",
                   problem));
  SetRetryDelay(kStoreRetryDelay, status);
  return status;
}

}  // namespace wriftai
