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
#include "upstream/webhook/webhook_outcome.h"
#include "upstream/webhook/webhook_signature.h"
#include "upstream/webhook/webhook_sink.h"

namespace wriftai {

// The only path that is served.
inline constexpr absl::string_view kWebhookPath = "/webhooks/wriftai";

// Verifies and decodes a request, and passes the prediction to the sink. First
// AcceptHead(), then Receive() once the body has arrived.
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

  // A request whose head was accepted, so that its body decides.
  struct AcceptedHead {
    // What the body must match; nullopt if no signature is required.
    std::optional<WebhookSignature> signature;
  };

  // `signatures`: the values of all headers named kWebhookSignatureHeader.
  // Returns an outcome if the head alone is reason to reject the request.
  std::variant<AcceptedHead, WebhookOutcome> AcceptHead(
      absl::string_view method, absl::string_view target,
      const std::vector<absl::string_view>& signatures) const;

  // kAccepted if the sink has accepted the prediction.
  WebhookOutcome Receive(const AcceptedHead& head, absl::string_view body);

 private:
  bool Verify(const WebhookSignature& signature, absl::string_view body) const;

  const Options options_;
  const Secrets secrets_;
  const EventLoop& clock_;
  WebhookSink& sink_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_RECEIVER_H_
