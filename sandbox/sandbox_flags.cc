#include "sandbox/sandbox_flags.h"

#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "base/host_port.h"

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
      "The tokens that are accepted, with commas between them.", "any token");
  flags->Add("anonymous", &options->auth.allow_anonymous,
             "Also answer requests without a token, at --anonymous_rate.");
  flags->Add("rate_limits", &options->rates.enforce,
             "Refuse with 429 what is above the rates; otherwise only count.");
  flags->Add("read_rate", &options->rates.read_rate, 1, kMaxRate,
             "Requests per second and token, creates apart.");
  flags->Add("create_rate", &options->rates.create_rate, 1, kMaxRate,
             "Creates per second and token.");
  flags->Add("anonymous_rate", &options->rates.anonymous_rate, 1, kMaxRate,
             "Requests per second of all clients without a token together.");
  flags->Add("burst", &options->rates.burst, 0, kMaxRate,
             "0: at most the rate in each second of the clock. Above: a "
             "bucket of so many requests, refilled at the rate.");
  flags->Add("reset_as_delta", &options->reset_as_delta,
             "Give x-ratelimit-reset as seconds from now instead of a Unix "
             "time.");
}

void AddLifeFlags(SandboxOptions* options, FlagSet* flags) {
  flags->Add("time_scale", &options->time_scale, 0, 1000,
             "Multiplies the times that the models take.");
  flags->Add("wait_cap", &options->wait_cap, absl::ZeroDuration(), kWeek,
             "The longest that Prefer: wait is granted.");
  flags->Add("cancel_delay", &options->cancel_delay, absl::ZeroDuration(),
             kWeek, "From a cancellation until it takes effect.");
  flags->Add("cancel_status", &options->cancel_status,
             "What a cancelled prediction ends as: failed, or another word "
             "such as canceled.");
  flags->Add("retention", &options->view.retention, absl::ZeroDuration(), kWeek,
             "How long input and output are kept after the end.");
  flags->Add("gone_after_retention", &options->view.gone_after_retention,
             "After that answer 404, instead of null in both.");
  flags->Add("max_predictions", &options->store.max_predictions, 1, 10000000,
             "Predictions that are kept; the oldest ended ones make room.");
  flags->Add("max_payload_bytes", &options->store.max_payload_bytes, 1024,
             int64_t{1} << 40, "Their inputs and outputs together.");
}

void AddWebhookFlags(WebhookSender::Options* options, FlagSet* flags) {
  flags->Add("webhook_attempts", &options->attempts, 1, 20,
             "Attempts to deliver each webhook event.");
  flags->Add("webhook_backoff", &options->backoff, absl::ZeroDuration(), kWeek,
             "Before the second attempt; doubled for each one after that.");
  flags->Add("webhook_timeout", &options->timeout, absl::Milliseconds(1),
             absl::Hours(1), "For one attempt.");
  flags->Add("webhook_drop", &options->drop_probability, 0, 1,
             "The share of events that is thrown away.");
  flags->Add("webhook_duplicate", &options->duplicate_probability, 0, 1,
             "The share of events that is sent twice.");
  flags->Add("webhook_reorder", &options->reorder_probability, 0, 1,
             "The share of events that is sent late, out of order.");
}

}  // namespace

void AddSandboxFlags(SandboxOptions* options, FlagSet* flags) {
  flags->Add(
      "listen_address",
      [options](absl::string_view text) {
        if (!IsHostPort(text)) {
          return absl::InvalidArgumentError(
              "wanted host:port, such as 127.0.0.1:8000");
        }
        options->listen_address = std::string(text);
        return absl::OkStatus();
      },
      "Host and port; port 0 picks a free one. An IPv6 address is in brackets; "
      "0.0.0.0 and [::] take both IPv4 and IPv6.",
      options->listen_address);
  flags->Add("workers", &options->workers, 1, 2000,
             "Threads; each open connection and each held response needs one.");
  flags->Add("max_body_bytes", &options->max_body_bytes, 0, int64_t{1} << 30,
             "The largest request body.");
  flags->Add(
      "seed",
      [options](absl::string_view text) {
        if (!absl::SimpleAtoi(text, &options->seed)) {
          return absl::InvalidArgumentError("wanted a whole number from 0 on");
        }
        options->webhooks.seed = options->seed;
        return absl::OkStatus();
      },
      "Other than 0: the same prediction ids at each start. Also chooses "
      "the webhook events that are dropped, sent twice or late.",
      "0");
  flags->Add("url", &options->view.show_url,
             "Show the url field in predictions.");
  flags->Add("create_status", &options->create_status, 200, 299,
             "The status of a create that succeeded.");
  flags->Add("recent_requests", &options->recent_requests, 0, 100000,
             "Requests that the statistics remember.");
  AddCallerFlags(options, flags);
  AddLifeFlags(options, flags);
  AddWebhookFlags(&options->webhooks, flags);
}

}  // namespace wriftai::sandbox
