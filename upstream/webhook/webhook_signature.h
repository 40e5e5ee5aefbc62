#ifndef WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_SIGNATURE_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_SIGNATURE_H_

#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/secret.h"
#include "upstream/webhook/webhook_outcome.h"

namespace wriftai {

inline constexpr absl::string_view kWebhookSignatureHeader =
    "wriftai-webhook-signature";

// How far the time in a signature may differ from ours, in either direction.
inline constexpr absl::Duration kWebhookTolerance = absl::Seconds(300);

// The parts of a signature header. Outlives the header, since the body arrives
// later.
struct WebhookSignature {
  std::string timestamp;        // Decimal digits, as they were signed.
  std::vector<std::string> v1;  // 64 lower-case hex digits each.
};

// Parses the header's value: `t=<unix seconds>`, then one or more
// `<scheme>=<hex>`, separated by commas without spaces. Ignores schemes other
// than v1. kMalformedSignature: any other format, a second t, or more than 16
// items. kUnsupportedSignature: well-formed but without v1.
std::variant<WebhookSignature, WebhookOutcome> ParseWebhookSignature(
    absl::string_view header);

// kStale if the time in `signature` is too far from `now`; else kAccepted.
WebhookOutcome CheckWebhookTime(const WebhookSignature& signature,
                                absl::Time now);

// Whether any v1 is the HMAC-SHA256 of timestamp, dot and `body` under any of
// `secrets`. The time taken depends on the sizes and the number of items, but
// not on the secrets.
bool MatchesWebhookSignature(const WebhookSignature& signature,
                             absl::string_view body,
                             const std::vector<Secret>& secrets);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_SIGNATURE_H_
