#ifndef WRIFTAI_SANDBOX_WEBHOOK_SENDER_H_
#define WRIFTAI_SANDBOX_WEBHOOK_SENDER_H_

#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <random>
#include <string>
#include <unordered_map>

#include "absl/time/time.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "sandbox/webhook_event.h"
#include "upstream/http/http_transport.h"

namespace wriftai::sandbox {

// Delivers each event with a POST, and retries unless the response is 2xx. The
// first attempts of one prediction are sequential, so a receiver that responds
// gets its states in order. Retries do not delay later states.
//
// Threads: loop only. `event_loop`, `transport` and `counters` must outlive it.
// Fails: never; counts events that cannot be delivered.
class WebhookSender {
 public:
  struct Options {
    int64_t attempts = 5;  // Maximum per event.
    // Delay before the second attempt; doubles for each later one.
    absl::Duration backoff = absl::Seconds(1);
    absl::Duration timeout = absl::Seconds(10);
    // Maximum number of pending deliveries, including those in flight and those
    // awaiting a retry, and the maximum size of their bodies.
    int64_t max_queue = 10000;
    int64_t max_queue_bytes = 256 << 20;
    int64_t max_in_flight = 50;  // About the number of a receiver's threads.
    // For tests: the probability per event, from 0 (never) to 1 (always).
    double drop_probability = 0;
    double duplicate_probability = 0;
    double reorder_probability = 0;
    // The delay of reordered events.
    absl::Duration reorder_delay = absl::Milliseconds(200);
    uint64_t seed = 1;
  };

  // `signing_time`: returns the time to use in signatures.
  WebhookSender(Options options, std::function<absl::Time()> signing_time,
                EventLoop* event_loop, HttpTransport* transport,
                WebhookCounters* counters);
  ~WebhookSender();

  void Send(WebhookEvent event);

  // Cancels all pending deliveries, including those in flight.
  void Clear();

 private:
  struct Delivery {
    std::shared_ptr<const WebhookEvent> event;
    int64_t attempt = 0;
    bool in_order_queue = false;
    TimerHandle timer;
    CallHandle call;
  };
  using Deliveries = std::list<Delivery>;

  void Enqueue(std::shared_ptr<const WebhookEvent> event, bool late);
  void EnterOrderQueue(Deliveries::iterator delivery);
  void StartNext();
  void Start(Deliveries::iterator delivery);
  void OnDone(Deliveries::iterator delivery, HttpResult result);
  void LeaveOrderQueue(Deliveries::iterator delivery);
  bool Chance(double probability);

  const Options options_;
  const std::function<absl::Time()> signing_time_;
  EventLoop* const event_loop_;
  HttpTransport* const transport_;
  WebhookCounters* const counters_;

  std::mt19937_64 random_;
  Deliveries deliveries_;
  int64_t queued_bytes_ = 0;
  // By prediction: the deliveries whose first attempt has not finished.
  std::unordered_map<std::string, std::deque<Deliveries::iterator>>
      order_queues_;
  std::deque<Deliveries::iterator> ready_;
  int64_t in_flight_ = 0;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_WEBHOOK_SENDER_H_
