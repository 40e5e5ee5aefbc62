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

// Delivers events: a POST each, again after a while if the answer is no 2xx.
// The first attempts for one prediction go out one after the other, so that
// its states arrive in order where the receiver answers; an attempt that
// failed is repeated without holding up the next state.
//
// Threads: loop only. `event_loop`, `transport` and `counters` must outlive it.
// Fails: never; what cannot be delivered is counted.
class WebhookSender {
 public:
  struct Options {
    int64_t attempts = 5;  // For each event.
    // Before the second attempt; doubled for each one after that.
    absl::Duration backoff = absl::Seconds(1);
    absl::Duration timeout = absl::Seconds(10);
    // Deliveries that wait, sent ones and those to be repeated included. Each
    // holds a prediction; bytes are bounded below.
    int64_t max_queue = 10000;
    int64_t max_queue_bytes = 256 << 20;
    int64_t max_in_flight = 50;  // A receiver has about so many threads.
    // For tests: of each event, from 0 (never) to 1 (always).
    double drop_probability = 0;
    double duplicate_probability = 0;
    double reorder_probability = 0;
    // How late an event is sent that is to be out of order.
    absl::Duration reorder_delay = absl::Milliseconds(200);
    uint64_t seed = 1;
  };

  // `signing_time`: the time that goes into signatures.
  WebhookSender(Options options, std::function<absl::Time()> signing_time,
                EventLoop* event_loop, HttpTransport* transport,
                WebhookCounters* counters);
  ~WebhookSender();

  void Send(WebhookEvent event);

  // Gives up everything that waits or is under way.
  void Clear();

 private:
  struct Delivery {
    std::shared_ptr<const WebhookEvent> event;
    int64_t attempt = 0;
    bool in_line = false;  // The head of its prediction's line.
    TimerHandle timer;
    CallHandle call;
  };
  using Deliveries = std::list<Delivery>;

  void Enqueue(std::shared_ptr<const WebhookEvent> event, bool late);
  void Admit(Deliveries::iterator delivery);
  void StartNext();
  void Start(Deliveries::iterator delivery);
  void OnDone(Deliveries::iterator delivery, HttpResult result);
  void LeaveLine(Deliveries::iterator delivery);
  bool Chance(double probability);

  const Options options_;
  const std::function<absl::Time()> signing_time_;
  EventLoop* const event_loop_;
  HttpTransport* const transport_;
  WebhookCounters* const counters_;

  std::mt19937_64 random_;
  Deliveries deliveries_;
  int64_t queued_bytes_ = 0;
  // Of each prediction, those that wait for their first attempt.
  std::unordered_map<std::string, std::deque<Deliveries::iterator>> lines_;
  std::deque<Deliveries::iterator> ready_;
  int64_t in_flight_ = 0;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_WEBHOOK_SENDER_H_
