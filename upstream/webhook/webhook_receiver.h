#ifndef WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_RECEIVER_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_RECEIVER_H_

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/event_loop.h"
#include "base/secret.h"
#include "upstream/webhook/webhook_outcome.h"
#include "upstream/webhook/webhook_signature.h"
#include "upstream/webhook/webhook_sink.h"

namespace wriftai {

// The only path that is served, with or without "/TAG" at its end. TAG is that
// of a credential in a cluster of replicas: 32 hex digits.
inline constexpr absl::string_view kWebhookPath = "/webhooks/wriftai";

// Marks a delivery that another replica has received and posted on, so that it
// goes no further.
inline constexpr absl::string_view kWebhookForwardedHeader =
    "wriftai-forwarded";

// Verifies and decodes a request, and passes the prediction to the sink, or, if
// its path has a tag, to the router. First AcceptHead(), then Receive() once
// the body has arrived.
//
// Threads: the listener's. `clock` and the sinks must outlive it. Fails: by an
// outcome other than kAccepted; no sink is called then.
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

  // `router`: null without other replicas.
  WebhookReceiver(Options options, Secrets secrets, const EventLoop& clock,
                  WebhookSink& sink, RoutedWebhookSink* router = nullptr)
      : options_(options),
        secrets_(std::move(secrets)),
        clock_(clock),
        sink_(sink),
        router_(router) {}

  // A request whose head was accepted, so that its body decides.
  struct AcceptedHead {
    // What the body must match; nullopt if no signature is required.
    std::optional<WebhookSignature> signature;
    // If it is to be routed: the tag in the path, and the signature as sent.
    std::string tag;
    std::string signature_text;
  };

  // `signatures`: the values of all headers named kWebhookSignatureHeader.
  // `forwarded`: whether there is a kWebhookForwardedHeader.
  // Returns an outcome if the head alone is reason to reject the request.
  std::variant<AcceptedHead, WebhookOutcome> AcceptHead(
      absl::string_view method, absl::string_view target,
      const std::vector<absl::string_view>& signatures,
      bool forwarded = false) const;

  // kAccepted if the sink has accepted the prediction.
  WebhookOutcome Receive(const AcceptedHead& head, absl::string_view body);

 private:
  bool Verify(const WebhookSignature& signature, absl::string_view body) const;

  const Options options_;
  const Secrets secrets_;
  const EventLoop& clock_;
  WebhookSink& sink_;
  RoutedWebhookSink* const router_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_RECEIVER_H_
