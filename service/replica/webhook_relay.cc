#include "service/replica/webhook_relay.h"

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "service/peers/peer_address.h"
#include "upstream/webhook/webhook_receiver.h"
#include "upstream/webhook/webhook_signature.h"

namespace wriftai {

WebhookRelay::WebhookRelay(EventLoop& event_loop, HttpTransport& transport,
                           RouteOf route_of, Deliver deliver)
    : event_loop_(event_loop),
      transport_(transport),
      route_of_(std::move(route_of)),
      deliver_(std::move(deliver)),
      state_(std::make_shared<State>()) {
  state_->relay = this;
}

WebhookRelay::~WebhookRelay() { state_->relay = nullptr; }

bool WebhookRelay::TryPush(RoutedWebhook webhook) {
  // The prediction is about as large as the body that it was decoded from.
  const size_t bytes = 2 * webhook.body.size();
  {
    MutexLock lock(state_->mutex);
    if (state_->events >= kMaxEvents || state_->bytes + bytes > kMaxBytes) {
      return false;
    }
    ++state_->events;
    state_->bytes += bytes;
  }
  event_loop_.Post(
      [state = state_, webhook = std::move(webhook), bytes]() mutable {
        if (state->relay != nullptr) {
          state->relay->Add(std::move(webhook), bytes);
        }
      });
  return true;
}

void WebhookRelay::Add(RoutedWebhook webhook, size_t bytes) {
  Event event;
  event.webhook = std::move(webhook);
  event.bytes = bytes;
  event.drop_at = event_loop_.Now() + kKeepFor;
  Route(events_.insert(events_.end(), std::move(event)));
}

void WebhookRelay::Route(Events::iterator event) {
  const WebhookRoute route = route_of_(event->webhook.tag);
  switch (route.target) {
    case WebhookRoute::Target::kHere:
      deliver_(std::move(event->webhook.prediction));
      return Erase(event);
    case WebhookRoute::Target::kNowhere:
      ++stats_.dropped;
      return Erase(event);
    case WebhookRoute::Target::kNobody:
      return RouteLater(event);
    case WebhookRoute::Target::kOther:
      return Post(event, route.address);
  }
}

void WebhookRelay::Post(Events::iterator event, const std::string& address) {
  // It comes from the store.
  if (!IsPeerAddress(address)) return RouteLater(event);
  HttpRequest request;
  request.method = HttpMethod::kPost;
  request.url =
      absl::StrCat("http://", address, kWebhookPath, "/", event->webhook.tag);
  request.headers = {{"content-type", "application/json"},
                     {std::string(kWebhookForwardedHeader), "1"}};
  if (!event->webhook.signature.empty()) {
    request.headers.emplace_back(std::string(kWebhookSignatureHeader),
                                 event->webhook.signature);
  }
  request.without_proxy = true;
  request.connection_scope = "webhook-relay";
  request.body = event->webhook.body;
  request.timeout = kPostTimeout;
  event->post = transport_.Send(
      std::move(request),
      [this, event](const HttpResult& result) { OnPosted(event, result); });
}

void WebhookRelay::OnPosted(Events::iterator event, const HttpResult& result) {
  const auto* const response = std::get_if<HttpResponse>(&result);
  if (response != nullptr && response->status < 300) {
    ++stats_.posted;
    return Erase(event);
  }
  // The owner will not accept it later, either.
  if (response != nullptr && response->status < 500) {
    ++stats_.dropped;
    return Erase(event);
  }
  ++stats_.retried;
  RouteLater(event);
}

void WebhookRelay::RouteLater(Events::iterator event) {
  const absl::Time now = event_loop_.Now();
  if (now >= event->drop_at) {
    ++stats_.dropped;
    return Erase(event);
  }
  event->retry =
      event_loop_.RunAt(now + kRetryInterval, [this, event] { Route(event); });
}

void WebhookRelay::Erase(Events::iterator event) {
  {
    MutexLock lock(state_->mutex);
    --state_->events;
    state_->bytes -= event->bytes;
  }
  events_.erase(event);
}

}  // namespace wriftai
