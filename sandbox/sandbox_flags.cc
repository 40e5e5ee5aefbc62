#include "sandbox/sandbox_flags.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace wriftai::sandbox {
namespace {

constexpr int64_t kMaxRate = 1000000;
constexpr absl::Duration kWeek = absl::Hours(7 * 24);

void AddCallerFlags(SandboxOptions* options, FlagSet* flags) {
  flags->Add(
      "tokens",
      [options](absl::string_view text) {
        options->auth.tokens.clear();
        for (absl::string_view token :
             absl::StrSplit(text, ',', absl::SkipEmpty())) {
          options->auth.tokens.emplace_back(std::string(token));
        }
        return absl::OkStatus();
      },
      "Comma-separated list of accepted tokens.", "any token");
  flags->Add("anonymous", &options->auth.allow_anonymous,
             "Accept requests without a token, at --anonymous_rate.");
  flags->Add("rate_limits", &options->rates.enforce,
             "Reject requests above the rates with 429. If false, only count "
             "them.");
  flags->Add("read_rate", &options->rates.read_rate, 1, kMaxRate,
             "Requests per second and token, except creates.");
  flags->Add("create_rate", &options->rates.create_rate, 1, kMaxRate,
             "Creates per second and token.");
  flags->Add("anonymous_rate", &options->rates.anonymous_rate, 1, kMaxRate,
             "Requests per second, shared by all clients without a token.");
  flags->Add("burst", &options->rates.burst, 0, kMaxRate,
             "0: allow the rate in each second of the clock. Otherwise: the "
             "capacity of a token bucket that is refilled at the rate.");
  flags->Add("reset_as_delta", &options->reset_as_delta,
             "Send x-ratelimit-reset as seconds from now instead of a Unix "
             "time.");
}

void AddLifeFlags(SandboxOptions* options, FlagSet* flags) {
  flags->Add("time_scale", &options->time_scale, 0, 1000,
             "Factor for the durations of the models.");
  flags->Add("wait_cap", &options->wait_cap, absl::ZeroDuration(), kWeek,
             "Maximum duration of Prefer: wait.");
  flags->Add("cancel_delay", &options->cancel_delay, absl::ZeroDuration(),
             kWeek, "Delay until a cancellation takes effect.");
  flags->Add("cancel_status", &options->cancel_status,
             "Final status of a cancelled prediction: failed, or another "
             "status such as canceled.");
  flags->Add("retention", &options->view.retention, absl::ZeroDuration(), kWeek,
             "How long input and output are kept after the end.");
  flags->Add("gone_after_retention", &options->view.gone_after_retention,
             "Respond with 404 after --retention, instead of null for input "
             "and output.");
  flags->Add("max_predictions", &options->store.max_predictions, 1, 10000000,
             "Maximum number of predictions; the oldest ended ones are "
             "evicted.");
  flags->Add("max_payload_bytes", &options->store.max_payload_bytes, 1024,
             int64_t{1} << 40, "Maximum total size of inputs and outputs.");
}

void AddWebhookFlags(WebhookSender::Options* options, FlagSet* flags) {
  flags->Add("webhook_attempts", &options->attempts, 1, 20,
             "Maximum attempts to deliver each webhook event.");
  flags->Add("webhook_backoff", &options->backoff, absl::ZeroDuration(), kWeek,
             "Delay before the second attempt; doubles for each later one.");
  flags->Add("webhook_timeout", &options->timeout, absl::Milliseconds(1),
             absl::Hours(1), "Timeout of one attempt.");
  flags->Add("webhook_drop", &options->drop_probability, 0, 1,
             "Fraction of events to drop.");
  flags->Add("webhook_duplicate", &options->duplicate_probability, 0, 1,
             "Fraction of events to send twice.");
  flags->Add("webhook_reorder", &options->reorder_probability, 0, 1,
             "Fraction of events to send late and out of order.");
}

}  // namespace

void AddSandboxFlags(SandboxOptions* options, FlagSet* flags) {
  flags->AddHostPort(
      "listen_address", &options->listen_address,
      "Host and port; port 0 picks a free port. IPv6 addresses need brackets. "
      "0.0.0.0 and [::] accept both IPv4 and IPv6.");
  flags->Add("workers", &options->workers, 1, 2000,
             "Maximum number of requests to handle at the same time, including "
             "held ones. Twice as many connections may be open.");
  flags->Add("max_body_bytes", &options->max_body_bytes, 0, int64_t{1} << 30,
             "Maximum size of a request body.");
  flags->Add(
      "seed",
      [options](absl::string_view text) {
        if (!absl::SimpleAtoi(text, &options->seed)) {
          return absl::InvalidArgumentError(
              "expected a whole number of at least 0");
        }
        options->webhooks.seed = options->seed;
        return absl::OkStatus();
      },
      "If not 0, prediction ids are the same after each start. Also selects "
      "the webhook events to drop, send twice or send late.",
      "0");
  flags->Add("url", &options->view.show_url,
             "Show the url field in predictions.");
  flags->Add("create_status", &options->create_status, 200, 299,
             "HTTP status of a successful create.");
  flags->Add("recent_requests", &options->recent_requests, 0, 100000,
             "Number of recent requests to keep in the statistics.");
  AddCallerFlags(options, flags);
  AddLifeFlags(options, flags);
  AddWebhookFlags(&options->webhooks, flags);
}

}  // namespace wriftai::sandbox
