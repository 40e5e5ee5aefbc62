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

std::variant<WebhookReceiver::Claim, WebhookOutcome> WebhookReceiver::Admit(
    const HttpHead& head) const {
  if (head.target != kWebhookPath) return WebhookOutcome::kNotFound;
  if (head.method != "POST") return WebhookOutcome::kMethodNotAllowed;
  auto signature = SignatureOf(head, clock_.WallNow());
  if (auto* const good = std::get_if<WebhookSignature>(&signature)) {
    return Claim(std::move(*good));
  }
  const auto refusal = std::get<WebhookOutcome>(signature);
  if (refusal == WebhookOutcome::kUnsigned && options_.allow_unsigned) {
    return Claim();
  }
  return refusal;
}

std::optional<WebhookOutcome> WebhookReceiver::RefuseHead(
    const HttpHead& head) const {
  const auto claim = Admit(head);
  const auto* const refusal = std::get_if<WebhookOutcome>(&claim);
  return refusal == nullptr ? std::nullopt : std::make_optional(*refusal);
}

WebhookOutcome WebhookReceiver::Receive(const HttpHead& head,
                                        absl::string_view body) {
  const auto admitted = Admit(head);
  if (const auto* const refusal = std::get_if<WebhookOutcome>(&admitted)) {
    return *refusal;
  }
  const Claim& claim = std::get<Claim>(admitted);
  if (claim.has_value() && !IsGenuine(*claim, body)) {
    return WebhookOutcome::kBadSignature;
  }
  auto prediction = PredictionFromJson(body);
  if (!prediction.ok()) return WebhookOutcome::kNotAPrediction;
  return sink_.OnWebhook(*std::move(prediction)) ? WebhookOutcome::kAccepted
                                                 : WebhookOutcome::kFull;
}

bool WebhookReceiver::IsGenuine(const WebhookSignature& signature,
                                absl::string_view body) const {
  const auto secrets = secrets_();
  return secrets != nullptr &&
         MatchesWebhookSignature(signature, body, *secrets);
}

}  // namespace wriftai
