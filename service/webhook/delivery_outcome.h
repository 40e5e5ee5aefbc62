#ifndef WRIFTAI_SERVICE_WEBHOOK_DELIVERY_OUTCOME_H_
#define WRIFTAI_SERVICE_WEBHOOK_DELIVERY_OUTCOME_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "base/http_server/http_failure.h"
#include "upstream/webhook/webhook_outcome.h"

namespace wriftai {

// The outcome of one connection to the webhook listener: what the receiver
// decided, or why there was no complete request. A value.
class DeliveryOutcome {
 public:
  static constexpr size_t kCount = kWebhookOutcomes + kHttpFailures;

  // Implicit: each of them is an outcome.
  constexpr DeliveryOutcome(WebhookOutcome outcome)  // NOLINT
      : index_(static_cast<size_t>(outcome)) {}
  constexpr DeliveryOutcome(HttpFailure failure)  // NOLINT
      : index_(kWebhookOutcomes + static_cast<size_t>(failure)) {}

  // `index`: below kCount, in the order of docs/webhooks.md.
  static constexpr DeliveryOutcome At(size_t index) {
    DeliveryOutcome outcome = WebhookOutcome::kAccepted;
    outcome.index_ = index;
    return outcome;
  }

  constexpr size_t index() const { return index_; }

  // The name in metrics and documents, in snake case.
  absl::string_view name() const;

  // The HTTP status of the response; 0 if the sender has disconnected.
  int http_status() const;

 private:
  size_t index_;
};

// The number of connections by outcome since the start.
//
// Threads: any.
class DeliveryCounters {
 public:
  void Add(DeliveryOutcome outcome) {
    counts_[outcome.index()].fetch_add(1, std::memory_order_relaxed);
  }
  int64_t Count(DeliveryOutcome outcome) const {
    return counts_[outcome.index()].load(std::memory_order_relaxed);
  }

 private:
  std::array<std::atomic<int64_t>, DeliveryOutcome::kCount> counts_ = {};
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_WEBHOOK_DELIVERY_OUTCOME_H_
