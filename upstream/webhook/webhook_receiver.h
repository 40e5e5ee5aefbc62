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

// The only path that is answered.
inline constexpr absl::string_view kWebhookPath = "/webhooks/wriftai";

// Makes a verified prediction of a request, and hands it on.
//
// Threads: the listener's. `clock` and `sink` must outlive it. Fails: by an
// outcome that is not kAccepted; then the sink has heard of nothing.
class WebhookReceiver {
 public:
  // The secrets of now, asked for each delivery; null: there are none.
  using Secrets = std::function<std::shared_ptr<const std::vector<Secret>>()>;

  struct Options {
    // Takes deliveries without a signature, for work on one's own machine. A
    // signature that is there must be right all the same.
    bool allow_unsigned = false;
  };

  WebhookReceiver(Options options, Secrets secrets, const EventLoop& clock,
                  WebhookSink& sink)
      : options_(options),
        secrets_(std::move(secrets)),
        clock_(clock),
        sink_(sink) {}

  // Why the request is refused whatever its body will be; nothing: the body
  // decides.
  std::optional<WebhookOutcome> RefuseHead(const HttpHead& head) const;

  // kAccepted once the sink has it.
  WebhookOutcome Receive(const HttpHead& head, absl::string_view body);

 private:
  // What the body must match; nothing: it need not.
  using Claim = std::optional<WebhookSignature>;

  std::variant<Claim, WebhookOutcome> Admit(const HttpHead& head) const;
  bool IsGenuine(const WebhookSignature& signature,
                 absl::string_view body) const;

  const Options options_;
  const Secrets secrets_;
  const EventLoop& clock_;
  WebhookSink& sink_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_WEBHOOK_RECEIVER_H_
