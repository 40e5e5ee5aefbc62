#ifndef WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_OUTCOME_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_OUTCOME_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace wriftai {

// The outcome of one connection to the webhook listener.
enum class WebhookOutcome {
  kAccepted,
  kUnsigned,
  kMalformedSignature,
  kUnsupportedSignature,
  kStale,
  kBadSignature,
  kNotAPrediction,
  kFull,
  kMalformedRequest,
  kHeadTooLarge,
  kBodyTooLarge,
  kNotFound,
  kMethodNotAllowed,
  kTimedOut,
  kEvicted,
  kIncomplete,
};

inline constexpr size_t kWebhookOutcomes =
    static_cast<size_t>(WebhookOutcome::kIncomplete) + 1;

// The name in metrics and documents, in snake case.
absl::string_view WebhookOutcomeName(WebhookOutcome outcome);

// The HTTP status of the response; 0 if the sender has disconnected.
int WebhookHttpStatus(WebhookOutcome outcome);

// The number of connections by outcome since the start.
//
// Threads: any.
class WebhookCounters {
 public:
  void Add(WebhookOutcome outcome) {
    counts_[static_cast<size_t>(outcome)].fetch_add(1,
                                                    std::memory_order_relaxed);
  }
  int64_t Count(WebhookOutcome outcome) const {
    return counts_[static_cast<size_t>(outcome)].load(
        std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<int64_t>, kWebhookOutcomes> counts_ = {};
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_OUTCOME_H_
