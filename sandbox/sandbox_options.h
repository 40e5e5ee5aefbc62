#ifndef WRIFTAI_SANDBOX_SANDBOX_OPTIONS_H_
#define WRIFTAI_SANDBOX_SANDBOX_OPTIONS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "sandbox/caller.h"
#include "sandbox/clock.h"
#include "sandbox/prediction_json.h"
#include "sandbox/prediction_store.h"
#include "sandbox/rate_limiter.h"
#include "sandbox/webhook_sender.h"

namespace wriftai::sandbox {

// The behavior of a sandbox. The defaults follow the API's documentation, or
// else common practice.
struct SandboxOptions {
  // Host and port; port 0 picks a free port.
  std::string listen_address = "127.0.0.1:0";

  // Requests handled at the same time; each held response occupies a thread.
  // Enough for the 512 connections of a gateway, and some for people and
  // scripts.
  int64_t workers = 600;

  // The largest request body.
  int64_t max_body_bytes = 64 << 20;

  // Null: the system's clock. Otherwise it must outlive the sandbox.
  Clock* clock = nullptr;

  // If not 0, the ids of predictions are the same after each start.
  uint64_t seed = 0;

  Authenticator::Options auth;
  RateLimiter::Options rates;
  // Sends x-ratelimit-reset as seconds from now, like WriftAI's registry,
  // instead of a Unix time.
  bool reset_as_delta = false;

  PredictionStore::Options store;
  PredictionView view;

  // Multiplies the models' times, but not those specified by an input.
  double time_scale = 1;

  // 201 or 202; clients must accept any 2xx.
  int64_t create_status = 202;

  // The maximum of Prefer: wait=N.
  absl::Duration wait_cap = absl::Seconds(60);

  // From the request of a cancellation until it takes effect.
  absl::Duration cancel_delay = absl::Milliseconds(500);
  // The final status of a cancelled prediction, which is not documented:
  // "failed", which also sets an error, or another status.
  std::string cancel_status = "failed";

  WebhookSender::Options webhooks;

  // The number of requests in the statistics, each with up to 16 KiB of body.
  int64_t recent_requests = 256;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_SANDBOX_OPTIONS_H_
