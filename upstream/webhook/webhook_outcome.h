#ifndef WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_OUTCOME_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_OUTCOME_H_

#include <cstddef>

namespace wriftai {

// What the receiver decided about a delivery. service/webhook/ has the names
// and the HTTP statuses.
enum class WebhookOutcome {
  kAccepted,
  kUnsigned,
  kMalformedSignature,
  kUnsupportedSignature,
  kStale,
  kBadSignature,
  kNotAPrediction,
  kFull,
  kNotFound,
  kMethodNotAllowed,
};

inline constexpr size_t kWebhookOutcomes =
    static_cast<size_t>(WebhookOutcome::kMethodNotAllowed) + 1;

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_OUTCOME_H_
