#include "sandbox/webhook_sender.h"

#include <algorithm>
#include <utility>
#include <variant>

#include "sandbox/webhook_signature.h"

namespace wriftai::sandbox {

WebhookSender::WebhookSender(Options options,
                             std::function<absl::Time()> signing_time,
                             EventLoop* event_loop, HttpTransport* transport,
                             WebhookCounters* counters)
    : options_(options),
      signing_time_(std::move(signing_time)),
      event_loop_(event_loop),
      transport_(transport),
      counters_(counters),
      random_(options.seed) {}

WebhookSender::~WebhookSender() = default;

void WebhookSender::Send(WebhookEvent event) {
  counters_->Update([](WebhookStats& stats) { ++stats.events; });
  if (Chance(options_.drop_probability)) {
    counters_->Update([](WebhookStats& stats) { ++stats.dropped; });
    return;
  }
  const bool late = Chance(options_.reorder_probability);
  const bool twice = Chance(options_.duplicate_probability);
  const auto shared = std::make_shared<const WebhookEvent>(std::move(event));
  if (late) counters_->Update([](WebhookStats& stats) { ++stats.reordered; });
  if (twice) counters_->Update([](WebhookStats& stats) { ++stats.duplicated; });
  Enqueue(shared, late);
  if (twice) Enqueue(shared, late);
  StartNext();
}

void WebhookSender::Enqueue(std::shared_ptr<const WebhookEvent> event,
                            bool late) {
  const auto bytes = static_cast<int64_t>(event->body.size());
  if (static_cast<int64_t>(deliveries_.size()) >= options_.max_queue ||
      queued_bytes_ + bytes > options_.max_queue_bytes) {
    counters_->Update([](WebhookStats& stats) { ++stats.overflowed; });
    return;
  }
  queued_bytes_ += bytes;
  deliveries_.emplace_back();
  const auto delivery = std::prev(deliveries_.end());
  delivery->event = std::move(event);
  counters_->Update([this](WebhookStats& stats) {
    stats.longest_queue =
        std::max(stats.longest_queue, static_cast<int64_t>(deliveries_.size()));
  });
  if (!late) return EnterOrderQueue(delivery);
  delivery->timer = event_loop_->RunAt(
      event_loop_->Now() + options_.reorder_delay, [this, delivery] {
        ready_.push_back(delivery);
        StartNext();
      });
}

void WebhookSender::EnterOrderQueue(Deliveries::iterator delivery) {
  auto& queue = order_queues_[delivery->event->prediction_id];
  delivery->in_order_queue = true;
  queue.push_back(delivery);
  if (queue.size() == 1) ready_.push_back(delivery);
}

void WebhookSender::StartNext() {
  while (!ready_.empty() && in_flight_ < options_.max_in_flight) {
    const auto delivery = ready_.front();
    ready_.pop_front();
    Start(delivery);
  }
}

void WebhookSender::Start(Deliveries::iterator delivery) {
  ++in_flight_;
  ++delivery->attempt;
  counters_->Update([](WebhookStats& stats) { ++stats.attempts; });
  const WebhookEvent& event = *delivery->event;
  HttpRequest request;
  request.method = HttpMethod::kPost;
  request.url = event.webhook.url;
  request.headers.emplace_back("content-type", "application/json");
  if (!event.webhook.secret.empty()) {
    request.headers.emplace_back(
        kWebhookSignatureHeader,
        SignWebhook(event.webhook.secret, signing_time_(), event.body));
  }
  request.body = event.body;
  request.timeout = options_.timeout;
  delivery->call =
      transport_->Send(std::move(request), [this, delivery](HttpResult result) {
        OnDone(delivery, std::move(result));
      });
}

void WebhookSender::OnDone(Deliveries::iterator delivery, HttpResult result) {
  --in_flight_;
  LeaveOrderQueue(delivery);
  const auto* const response = std::get_if<HttpResponse>(&result);
  const bool delivered = response != nullptr && response->status / 100 == 2;
  if (delivered || delivery->attempt >= options_.attempts) {
    counters_->Update([delivered](WebhookStats& stats) {
      ++(delivered ? stats.delivered : stats.failed);
    });
    queued_bytes_ -= static_cast<int64_t>(delivery->event->body.size());
    deliveries_.erase(delivery);
  } else {
    delivery->call.reset();
    const auto doublings = static_cast<double>(1ull << (delivery->attempt - 1));
    delivery->timer = event_loop_->RunAt(
        event_loop_->Now() + options_.backoff * doublings, [this, delivery] {
          ready_.push_back(delivery);
          StartNext();
        });
  }
  StartNext();
}

void WebhookSender::LeaveOrderQueue(Deliveries::iterator delivery) {
  if (!delivery->in_order_queue) return;
  delivery->in_order_queue = false;
  const auto queue = order_queues_.find(delivery->event->prediction_id);
  queue->second.pop_front();
  if (queue->second.empty()) {
    order_queues_.erase(queue);
  } else {
    ready_.push_back(queue->second.front());
  }
}

void WebhookSender::Clear() {
  ready_.clear();
  order_queues_.clear();
  deliveries_.clear();
  queued_bytes_ = 0;
  in_flight_ = 0;
}

bool WebhookSender::Chance(double probability) {
  // Always draws a number, so that the decisions of a seed do not depend on the
  // other probabilities.
  return std::uniform_real_distribution<double>(0, 1)(random_) < probability;
}

}  // namespace wriftai::sandbox
