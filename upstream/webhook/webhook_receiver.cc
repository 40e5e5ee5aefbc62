#include "upstream/webhook/webhook_receiver.h"

#include <utility>

#include "upstream/json/prediction_json.h"

namespace wriftai {
namespace {

std::variant<WebhookSignature, WebhookOutcome> SignatureOf(
    const std::vector<absl::string_view>& headers, absl::Time now) {
  if (headers.empty()) return WebhookOutcome::kUnsigned;
  if (headers.size() > 1) return WebhookOutcome::kMalformedSignature;
  auto signature = ParseWebhookSignature(headers.front());
  if (const auto* const good = std::get_if<WebhookSignature>(&signature)) {
    const WebhookOutcome time = CheckWebhookTime(*good, now);
    if (time != WebhookOutcome::kAccepted) return time;
  }
  return signature;
}

}  // namespace

std::variant<WebhookReceiver::AcceptedHead, WebhookOutcome>
WebhookReceiver::AcceptHead(
    absl::string_view method, absl::string_view target,
    const std::vector<absl::string_view>& signatures) const {
  if (target != kWebhookPath) return WebhookOutcome::kNotFound;
  if (method != "POST") return WebhookOutcome::kMethodNotAllowed;
  auto signature = SignatureOf(signatures, clock_.WallNow());
  if (auto* const good = std::get_if<WebhookSignature>(&signature)) {
    return AcceptedHead{std::move(*good)};
  }
  const auto rejection = std::get<WebhookOutcome>(signature);
  if (rejection == WebhookOutcome::kUnsigned && options_.allow_unsigned) {
    return AcceptedHead();
  }
  return rejection;
}

WebhookOutcome WebhookReceiver::Receive(const AcceptedHead& head,
                                        absl::string_view body) {
  if (head.signature.has_value() && !Verify(*head.signature, body)) {
    return WebhookOutcome::kBadSignature;
  }
  auto prediction = PredictionFromJson(body);
  if (!prediction.ok()) return WebhookOutcome::kNotAPrediction;
  return sink_.TryPush(*std::move(prediction)) ? WebhookOutcome::kAccepted
                                               : WebhookOutcome::kFull;
}

bool WebhookReceiver::Verify(const WebhookSignature& signature,
                             absl::string_view body) const {
  const auto secrets = secrets_();
  return secrets != nullptr &&
         MatchesWebhookSignature(signature, body, *secrets);
}

}  // namespace wriftai
