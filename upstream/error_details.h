#ifndef WRIFTAI_UPSTREAM_ERROR_DETAILS_H_
#define WRIFTAI_UPSTREAM_ERROR_DETAILS_H_

#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "google/rpc/error_details.pb.h"
#include "proto/predictions.h"

// Errors with google.rpc details (AIP-193). Each detail is a payload of the
// absl::Status, keyed by its type, so a type occurs at most once. The service
// puts them on the wire; lower layers do not depend on gRPC.
//
// All functions: any thread.

namespace wriftai {

// ErrorInfo.domain: where the error comes from.
inline constexpr char kUpstreamDomain[] = "wrift.ai";
inline constexpr char kGatewayDomain[] = "gateway.wriftai";

// ErrorInfo.metadata that marks a response as too large, which a retry will not
// fix, rather than corrupt.
inline constexpr char kCauseKey[] = "cause";
inline constexpr char kCauseTooLarge[] = "too_large";

// ErrorInfo.metadata of a failed create after which the prediction may exist.
inline constexpr char kCreateOutcomeKey[] = "create_outcome";
inline constexpr char kCreateOutcomeIsUnknown[] = "unknown";

inline constexpr char kDetailTypePrefix[] = "type.googleapis.com/";

// Adds `detail` to `status`, replacing one of the same type. All its strings
// pass through SanitizeText(), so clients can parse the detail whatever it
// quotes.
void SetDetail(const google::protobuf::Message& detail, absl::Status& status);

// The detail of that type, or nullopt.
template <typename Detail>
std::optional<Detail> GetDetail(const absl::Status& status) {
  const auto payload = status.GetPayload(
      absl::StrCat(kDetailTypePrefix, Detail::descriptor()->full_name()));
  Detail detail;
  if (!payload.has_value() || !detail.ParseFromString(std::string(*payload))) {
    return std::nullopt;
  }
  return detail;
}

// An error detected by the gateway: ErrorInfo{reason, kGatewayDomain}.
absl::Status GatewayError(absl::StatusCode code, v1::ErrorReason reason,
                          absl::string_view message);

// INVALID_ARGUMENT for one request field, named by its path in the proto:
// BadRequest{field, expected} and reason INVALID_FIELD. `expected` completes
// "FIELD: expected …". It must not quote a secret.
absl::Status FieldError(absl::string_view field, absl::string_view expected);

// The same with the whole description, for "FIELD: DESCRIPTION".
absl::Status InvalidField(absl::string_view field,
                          absl::string_view description);

// Adds RetryInfo{delay}. A negative delay becomes zero.
void SetRetryDelay(absl::Duration delay, absl::Status& status);

// The delay of RetryInfo, or nullopt.
std::optional<absl::Duration> RetryDelay(const absl::Status& status);

// The reason of ErrorInfo. ERROR_REASON_UNSPECIFIED if there is no ErrorInfo or
// its reason is not one of the contract's.
v1::ErrorReason ReasonOf(const absl::Status& status);

// Sets an entry of ErrorInfo's metadata. `status` must have an ErrorInfo.
void SetMetadata(absl::string_view key, absl::string_view value,
                 absl::Status& status);

// An entry of ErrorInfo's metadata, or empty.
std::string MetadataOf(absl::string_view key, const absl::Status& status);

// Adds `prefix`, such as "create.", to every field path of the BadRequest, and
// to the message if it starts with such a path. For a message that was checked
// as a part of another. A violation without a field gets `prefix` without its
// dot.
absl::Status PrefixFields(absl::string_view prefix, const absl::Status& status);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_ERROR_DETAILS_H_
