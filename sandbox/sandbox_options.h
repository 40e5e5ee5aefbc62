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

// How a sandbox behaves. The defaults are what is published about the API and,
// where nothing is, what most APIs of its kind do.
struct SandboxOptions {
  // Host and port; port 0 picks a free one.
  std::string listen_address = "127.0.0.1:0";

  // A connection holds a thread as long as it is open, and a create with
  // Prefer: wait as long as it waits: so many clients at once, of which each
  // thread costs about 100 kB of stack. The 512 connections that a gateway
  // keeps, and some for people and scripts.
  int64_t workers = 600;

  // What a request may carry; civetweb has no limit of its own.
  int64_t max_body_bytes = 64 << 20;

  // Null: the machine's time. Otherwise it must outlive the sandbox.
  Clock* clock = nullptr;

  // Other than 0: the ids of predictions are the same at each start.
  uint64_t seed = 0;

  Authenticator::Options auth;
  RateLimiter::Options rates;
  // x-ratelimit-reset as seconds from now, as WriftAI's registry gives it,
  // instead of a Unix time.
  bool reset_as_delta = false;

  PredictionStore::Options store;
  PredictionView view;

  // Multiplies the times of the models; not those that an input asks for.
  double time_scale = 1;

  // 201 or 202; clients have to take any 2xx.
  int64_t create_status = 202;

  // The longest that Prefer: wait=N is granted.
  absl::Duration wait_cap = absl::Seconds(60);

  // From asking for a cancellation until it takes effect.
  absl::Duration cancel_delay = absl::Milliseconds(500);
  // What a cancelled prediction ends as: not documented. "failed", which also
  // sets an error, or another word.
  std::string cancel_status = "failed";

  WebhookSender::Options webhooks;

  // How many requests the statistics remember; each up to 16 KiB of body.
  int64_t recent_requests = 256;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_SANDBOX_OPTIONS_H_
