#ifndef WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_RECEIVER_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_RECEIVER_H_

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/event_loop.h"
#include "base/secret.h"
#include "upstream/webhook/http_head.h"
#include "upstream/webhook/webhook_outcome.h"
#include "upstream/webhook/webhook_signature.h"
#include "upstream/webhook/webhook_sink.h"

namespace wriftai {

// The only path that is served.
inline constexpr absl::string_view kWebhookPath = "/webhooks/wriftai";

// Verifies and decodes a request, and passes the prediction to the sink.
//
// Threads: the listener's. `clock` and `sink` must outlive it. Fails: by an
// outcome other than kAccepted; the sink is then not called.
class WebhookReceiver {
 public:
  // Returns the current secrets, once for each delivery; null if there are
  // none.
  using Secrets = std::function<std::shared_ptr<const std::vector<Secret>>()>;

  struct Options {
    // Accepts unsigned deliveries, for development. If a signature is present,
    // it must still be valid.
    bool allow_unsigned = false;
  };

  WebhookReceiver(Options options, Secrets secrets, const EventLoop& clock,
                  WebhookSink& sink)
      : options_(options),
        secrets_(std::move(secrets)),
        clock_(clock),
        sink_(sink) {}

  // The outcome if the head alone is reason to reject the request; nullopt if
  // the body decides.
  std::optional<WebhookOutcome> RejectHead(const HttpHead& head) const;

  // kAccepted if the sink has accepted the prediction.
  WebhookOutcome Receive(const HttpHead& head, absl::string_view body);

 private:
  // The signature that the body must match; nullopt if none is required.
  using RequiredSignature = std::optional<WebhookSignature>;

  std::variant<RequiredSignature, WebhookOutcome> Authenticate(
      const HttpHead& head) const;
  bool Verify(const WebhookSignature& signature, absl::string_view body) const;

  const Options options_;
  const Secrets secrets_;
  const EventLoop& clock_;
  WebhookSink& sink_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_RECEIVER_H_
