#include "upstream/webhook/webhook_receiver.h"

#include <utility>

#include "absl/strings/strip.h"
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

// The tag at the end of a path that is served, perhaps empty; nullopt for other
// paths.
std::optional<absl::string_view> TagIn(absl::string_view target) {
  if (!absl::ConsumePrefix(&target, kWebhookPath)) return std::nullopt;
  if (target.empty()) return target;
  constexpr size_t kTagDigits = 32;
  if (!absl::ConsumePrefix(&target, "/") || target.size() != kTagDigits ||
      target.find_first_not_of("0123456789abcdef") != absl::string_view::npos) {
    return std::nullopt;
  }
  return target;
}

}  // namespace

std::variant<WebhookReceiver::AcceptedHead, WebhookOutcome>
WebhookReceiver::AcceptHead(absl::string_view method, absl::string_view target,
                            const std::vector<absl::string_view>& signatures,
                            bool forwarded) const {
  const auto tag = TagIn(target);
  if (!tag.has_value()) return WebhookOutcome::kNotFound;
  AcceptedHead head;
  if (router_ != nullptr && !forwarded) head.tag = std::string(*tag);
  if (!signatures.empty()) head.signature_text = std::string(signatures[0]);
  if (method != "POST") return WebhookOutcome::kMethodNotAllowed;
  auto signature = SignatureOf(signatures, clock_.WallNow());
  if (auto* const good = std::get_if<WebhookSignature>(&signature)) {
    head.signature = std::move(*good);
    return head;
  }
  const auto rejection = std::get<WebhookOutcome>(signature);
  if (rejection == WebhookOutcome::kUnsigned && options_.allow_unsigned) {
    return head;
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
  const bool pushed =
      head.tag.empty()
          ? sink_.TryPush(*std::move(prediction))
          : router_->TryPush({head.tag, head.signature_text, std::string(body),
                              *std::move(prediction)});
  return pushed ? WebhookOutcome::kAccepted : WebhookOutcome::kFull;
}

bool WebhookReceiver::Verify(const WebhookSignature& signature,
                             absl::string_view body) const {
  const auto secrets = secrets_();
  return secrets != nullptr &&
         MatchesWebhookSignature(signature, body, *secrets);
}

}  // namespace wriftai
