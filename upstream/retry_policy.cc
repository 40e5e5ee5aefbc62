#include "upstream/retry_policy.h"

#include <algorithm>

#include "upstream/error_details.h"

namespace wriftai {

absl::Duration Backoff::Delay(int failures, Random& random) const {
  absl::Duration delay = first;
  for (int i = 1; i < failures && delay < longest; ++i) delay *= 2;
  return std::min(delay, longest) * (0.5 + 0.5 * random.Uniform());
}

bool IsRetryable(const absl::Status& status) {
  return status.code() == absl::StatusCode::kUnavailable;
}

bool MayPass(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kUnknown:
      return true;
    case absl::StatusCode::kInternal:
      return ErrorReason(status) == kUpstreamResponseInvalid &&
             MetadataOf(kCauseKey, status) != kCauseTooLarge;
    default:
      return false;
  }
}

bool IsLikelyPermanent(const absl::Status& status) {
  return MayPass(status) &&
         (absl::IsInternal(status) || ErrorReason(status) == kPaymentRequired);
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
