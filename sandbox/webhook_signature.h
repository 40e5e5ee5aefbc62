#ifndef WRIFTAI_SANDBOX_WEBHOOK_SIGNATURE_H_
#define WRIFTAI_SANDBOX_WEBHOOK_SIGNATURE_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/secret.h"

namespace wriftai::sandbox {

inline constexpr char kWebhookSignatureHeader[] = "wriftai-webhook-signature";

// The value of that header for `body`: `t=<unix seconds>,v1=<hex>`, where v1
// is the HMAC-SHA256 of `<unix seconds>.<body>`. Independent of the code that
// verifies signatures, so that each tests the other.
std::string SignWebhook(const Secret& secret, absl::Time time,
                        absl::string_view body);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_WEBHOOK_SIGNATURE_H_
