#include "upstream/retry_policy.h"

#include <algorithm>
#include <string>

#include "upstream/error_details.h"

namespace wriftai {
namespace {

// Server errors that no retry can fix: not implemented, HTTP version not
// supported, variant also negotiates, not extended, network authentication
// required (RFC 9110, 2295, 2774, 6585).
bool IsNotOffered(const absl::Status& status) {
  const std::string http = MetadataOf("http_status", status);
  return http == "501" || http == "505" || http == "506" || http == "510" ||
         http == "511";
}

}  // namespace

absl::Duration BackoffPolicy::Delay(int failures, Random& random) const {
  absl::Duration delay = initial;
  for (int i = 1; i < failures && delay < max; ++i) delay *= 2;
  return std::min(delay, max) * (0.5 + 0.5 * random.Uniform());
}

bool IsRetryable(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable;
}

bool IsTransient(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kUnknown:
      return true;
    case absl::StatusCode::kInternal:
      return ReasonOf(status) == v1::UPSTREAM_RESPONSE_INVALID &&
             MetadataOf(kCauseKey, status) != kCauseTooLarge;
    default:
      return false;
  }
}

bool IsLikelyPermanent(const absl::Status& status) {
  return IsTransient(status) &&
         (absl::IsInternal(status) ||
          ReasonOf(status) == v1::PAYMENT_REQUIRED || IsNotOffered(status));
}

bool IsOutage(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kUnknown:
      return true;
    default:
      return false;
  }
}

bool IsMissing(const absl::Status& status) {
  return absl::IsNotFound(status) && MetadataOf("http_status", status) != "410";
}

}  // namespace wriftai
