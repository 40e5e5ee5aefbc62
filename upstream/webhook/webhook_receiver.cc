#include "upstream/webhook/webhook_receiver.h"

#include <utility>

#include "upstream/json/prediction_json.h"

namespace wriftai {
namespace {

std::variant<WebhookSignature, WebhookOutcome> SignatureOf(const HttpHead& head,
                                                           absl::Time now) {
  const auto values = head.Values(kWebhookSignatureHeader);
  if (values.empty()) return WebhookOutcome::kUnsigned;
  if (values.size() > 1) return WebhookOutcome::kMalformedSignature;
  auto signature = ParseWebhookSignature(values.front());
  if (const auto* const good = std::get_if<WebhookSignature>(&signature)) {
    const WebhookOutcome time = CheckWebhookTime(*good, now);
    if (time != WebhookOutcome::kAccepted) return time;
  }
  return signature;
}

}  // namespace

std::variant<WebhookReceiver::RequiredSignature, WebhookOutcome>
WebhookReceiver::Authenticate(const HttpHead& head) const {
  if (head.target != kWebhookPath) return WebhookOutcome::kNotFound;
  if (head.method != "POST") return WebhookOutcome::kMethodNotAllowed;
  auto signature = SignatureOf(head, clock_.WallNow());
  if (auto* const good = std::get_if<WebhookSignature>(&signature)) {
    return RequiredSignature(std::move(*good));
  }
  const auto rejection = std::get<WebhookOutcome>(signature);
  if (rejection == WebhookOutcome::kUnsigned && options_.allow_unsigned) {
    return RequiredSignature();
  }
  return rejection;
}

std::optional<WebhookOutcome> WebhookReceiver::RejectHead(
    const HttpHead& head) const {
  const auto required = Authenticate(head);
  const auto* const rejection = std::get_if<WebhookOutcome>(&required);
  return rejection == nullptr ? std::nullopt : std::make_optional(*rejection);
}

WebhookOutcome WebhookReceiver::Receive(const HttpHead& head,
                                        absl::string_view body) {
  const auto required = Authenticate(head);
  if (const auto* const rejection = std::get_if<WebhookOutcome>(&required)) {
    return *rejection;
  }
  const auto& signature = std::get<RequiredSignature>(required);
  if (signature.has_value() && !Verify(*signature, body)) {
    return WebhookOutcome::kBadSignature;
  }
  auto prediction = PredictionFromJson(body);
  if (!prediction.ok()) return WebhookOutcome::kNotAPrediction;
  return sink_.OnWebhook(*std::move(prediction)) ? WebhookOutcome::kAccepted
                                                 : WebhookOutcome::kFull;
}

bool WebhookReceiver::Verify(const WebhookSignature& signature,
                             absl::string_view body) const {
  const auto secrets = secrets_();
  return secrets != nullptr &&
         MatchesWebhookSignature(signature, body, *secrets);
}

}  // namespace wriftai
