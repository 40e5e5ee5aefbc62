#ifndef WRIFTAI_SANDBOX_STATE_H_
#define WRIFTAI_SANDBOX_STATE_H_

#include <atomic>

#include "sandbox/clock.h"
#include "sandbox/faults.h"
#include "sandbox/model_catalog.h"
#include "sandbox/prediction_store.h"
#include "sandbox/rate_limiter.h"
#include "sandbox/sandbox_options.h"
#include "sandbox/status_feed.h"
#include "sandbox/traffic_log.h"
#include "sandbox/uuid.h"
#include "sandbox/webhook_event.h"

namespace wriftai::sandbox {

// The state that the API and the control API share. Each part is thread-safe.
//
// Threads: any. `options.clock` must be set and outlive it.
struct SandboxState {
  explicit SandboxState(const SandboxOptions& the_options)
      : options(the_options),
        clock(the_options.clock),
        prediction_ids(options.seed),
        // Never equal to the ids of predictions.
        request_ids(options.seed == 0 ? 0 : ~options.seed),
        store(options.store),
        limiter(options.rates),
        feed(&store, options.view),
        traffic(static_cast<size_t>(options.recent_requests)) {}

  // Blocks until `deadline`, until `done()` is true, or until Stop().
  template <typename Done>
  void WaitUntil(absl::Time deadline, Done done) {
    clock->WaitUntil(deadline, [&] { return stopping.load() || done(); });
  }

  // Releases all waiters permanently.
  void Stop() {
    stopping = true;
    clock->Wake();
  }

  // Restores the initial state, except for the time and requests in progress.
  void Reset() {
    store.Clear();
    feed.Clear();
    limiter.Clear();
    faults.Clear();
    traffic.Clear();
    webhooks.Update([](WebhookStats& stats) { stats = WebhookStats(); });
    prediction_ids.Restart();
    request_ids.Restart();
    clock->Wake();
  }

  const SandboxOptions options;
  Clock* const clock;
  const ModelCatalog models;
  UuidSource prediction_ids;
  UuidSource request_ids;
  PredictionStore store;
  RateLimiter limiter;
  FaultScript faults;
  StatusFeed feed;
  TrafficLog traffic;
  WebhookCounters webhooks;
  std::atomic<bool> stopping{false};
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_STATE_H_
