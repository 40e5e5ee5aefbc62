#include "service/webhook/delivery_outcome.h"

namespace wriftai {
namespace {

struct Row {
  DeliveryOutcome outcome;
  absl::string_view name;
  int status;
};

// In the order of the enums, and of the table in docs/webhooks.md.
constexpr Row kRows[] = {
    {WebhookOutcome::kAccepted, "accepted", 200},
    {WebhookOutcome::kUnsigned, "unsigned", 401},
    {WebhookOutcome::kMalformedSignature, "malformed_signature", 400},
    {WebhookOutcome::kUnsupportedSignature, "unsupported_signature", 401},
    {WebhookOutcome::kStale, "stale", 401},
    {WebhookOutcome::kBadSignature, "bad_signature", 401},
    {WebhookOutcome::kNotAPrediction, "not_a_prediction", 400},
    {WebhookOutcome::kFull, "full", 503},
    {WebhookOutcome::kNotFound, "not_found", 404},
    {WebhookOutcome::kMethodNotAllowed, "method_not_allowed", 405},
    {HttpFailure::kMalformed, "malformed_request", 400},
    {HttpFailure::kHeadTooLarge, "head_too_large", 431},
    {HttpFailure::kBodyTooLarge, "body_too_large", 413},
    {HttpFailure::kTimedOut, "timed_out", 408},
    {HttpFailure::kEvicted, "evicted", 503},
    {HttpFailure::kDisconnected, "incomplete", 0},
};

constexpr bool InOrder() {
  for (size_t i = 0; i < DeliveryOutcome::kCount; ++i) {
    if (kRows[i].outcome.index() != i) return false;
  }
  return sizeof(kRows) / sizeof(Row) == DeliveryOutcome::kCount;
}
static_assert(InOrder());

}  // namespace

absl::string_view DeliveryOutcome::name() const { return kRows[index_].name; }

int DeliveryOutcome::http_status() const { return kRows[index_].status; }

}  // namespace wriftai
