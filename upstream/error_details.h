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

// Errors with the details of google.rpc (AIP-193): each detail is a payload of
// the absl::Status, keyed by its type, so that none can stand there twice. The
// service puts them on the wire; no layer below knows about gRPC.
//
// All functions: any thread.

namespace wriftai {

// ErrorInfo.domain: who says so.
inline constexpr char kUpstreamDomain[] = "wrift.ai";
inline constexpr char kGatewayDomain[] = "gateway.wriftai";

// ErrorInfo.reason, where code outside of the function that sets it asks.
inline constexpr char kCreateOutcomeUnknown[] = "CREATE_OUTCOME_UNKNOWN";
inline constexpr char kUpstreamResponseInvalid[] = "UPSTREAM_RESPONSE_INVALID";
inline constexpr char kPaymentRequired[] = "PAYMENT_REQUIRED";

// ErrorInfo.metadata that tells a response which is too large, and will be
// again, from one that was broken.
inline constexpr char kCauseKey[] = "cause";
inline constexpr char kCauseTooLarge[] = "too_large";

// ErrorInfo.metadata of a failed create after which the prediction may exist.
inline constexpr char kCreateOutcomeKey[] = "create_outcome";
inline constexpr char kCreateOutcomeIsUnknown[] = "unknown";

inline constexpr char kDetailTypePrefix[] = "type.googleapis.com/";

// Puts `detail` into `status`, in place of one of the same type. Each of its
// texts is what SanitizeText() leaves of it, so that whatever is quoted there,
// the detail can be read.
void SetDetail(const google::protobuf::Message& detail, absl::Status& status);

// The detail of that type; nothing where `status` has none.
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

// An error that the gateway found: ErrorInfo{reason, kGatewayDomain}.
absl::Status GatewayError(absl::StatusCode code, absl::string_view reason,
                          absl::string_view message);

// INVALID_ARGUMENT for one field of a request, by its path in the proto:
// BadRequest{field, wanted} and reason INVALID_FIELD. `wanted` completes "…:
// wanted"; it quotes no secret.
absl::Status FieldError(absl::string_view field, absl::string_view expected);

// Adds RetryInfo{delay}. Negative counts as zero.
void SetRetryDelay(absl::Duration delay, absl::Status& status);

// RetryInfo's delay, if there is one.
std::optional<absl::Duration> RetryDelay(const absl::Status& status);

// ErrorInfo's reason; empty where there is none.
std::string ErrorReason(const absl::Status& status);

// Sets an entry of ErrorInfo's metadata. `status` has an ErrorInfo.
void SetMetadata(absl::string_view key, absl::string_view value,
                 absl::Status& status);

// An entry of ErrorInfo's metadata; empty where there is none.
std::string MetadataOf(absl::string_view key, const absl::Status& status);

// `status` with `prefix` before every field path of its BadRequest, and before
// its message where that begins with one: for a message that was checked as a
// part of another one. What has no field is about `prefix` (such as "create.")
// without its dot.
absl::Status PrefixFields(absl::string_view prefix, const absl::Status& status);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_ERROR_DETAILS_H_
