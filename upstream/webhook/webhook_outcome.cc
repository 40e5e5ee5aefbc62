#include "upstream/webhook/webhook_outcome.h"

namespace wriftai {
namespace {

struct Row {
  WebhookOutcome outcome;
  absl::string_view name;
  int status;
};

// In the order of the enum, and of the table in docs/webhooks.md.
constexpr Row kRows[] = {
    {WebhookOutcome::kAccepted, "accepted", 200},
    {WebhookOutcome::kUnsigned, "unsigned", 401},
    {WebhookOutcome::kMalformedSignature, "malformed_signature", 400},
    {WebhookOutcome::kUnsupportedSignature, "unsupported_signature", 401},
    {WebhookOutcome::kStale, "stale", 401},
    {WebhookOutcome::kBadSignature, "bad_signature", 401},
    {WebhookOutcome::kNotAPrediction, "not_a_prediction", 400},
    {WebhookOutcome::kFull, "full", 503},
    {WebhookOutcome::kMalformedRequest, "malformed_request", 400},
    {WebhookOutcome::kHeadTooLarge, "head_too_large", 431},
    {WebhookOutcome::kBodyTooLarge, "body_too_large", 413},
    {WebhookOutcome::kNotFound, "not_found", 404},
    {WebhookOutcome::kMethodNotAllowed, "method_not_allowed", 405},
    {WebhookOutcome::kTimedOut, "timed_out", 408},
    {WebhookOutcome::kEvicted, "evicted", 503},
    {WebhookOutcome::kIncomplete, "incomplete", 0},
};

constexpr bool InOrder() {
  for (size_t i = 0; i < kWebhookOutcomes; ++i) {
    if (static_cast<size_t>(kRows[i].outcome) != i) return false;
  }
  return sizeof(kRows) / sizeof(Row) == kWebhookOutcomes;
}
static_assert(InOrder());

}  // namespace

absl::string_view WebhookOutcomeName(WebhookOutcome outcome) {
  return kRows[static_cast<size_t>(outcome)].name;
}

int WebhookHttpStatus(WebhookOutcome outcome) {
  return kRows[static_cast<size_t>(outcome)].status;
}

}  // namespace wriftai
