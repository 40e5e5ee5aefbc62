#include "service/config.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/host_port.h"
#include "service/config_rules.h"
#include "service/replica/replica_flags.h"
#include "service/server/http_url.h"
#include "service/server/server_flags.h"
#include "service/tracing/tracing_settings.h"
#include "upstream/webhook/webhook_receiver.h"

namespace wriftai {
namespace {

// Requests per second: from one per 100 s to far above any published limit.
constexpr double kMinRate = 0.01;
constexpr double kMaxRate = 100'000;

// More than 100 replicas of one token would leave each with almost nothing.
constexpr double kMinShare = 0.01;

// The token itself has no flag, because others can read command lines.
constexpr char kTokenVariable[] = "WRIFTAI_ACCESS_TOKEN";

absl::Status Expected(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("expected ", what));
}

const char* NameOf(CredentialPolicy policy) {
  switch (policy) {
    case CredentialPolicy::kCaller:
      return "caller";
    case CredentialPolicy::kGateway:
      return "gateway";
    case CredentialPolicy::kCallerThenGateway:
      break;
  }
  return "caller_then_gateway";
}

void AddCredentialFlags(FlagSet& flags, Config& config) {
  flags.Add(
      "credentials",
      [&config](absl::string_view text) {
        if (text == "caller") {
          config.credentials = CredentialPolicy::kCaller;
        } else if (text == "gateway") {
          config.credentials = CredentialPolicy::kGateway;
        } else if (text == "caller_then_gateway") {
          config.credentials = CredentialPolicy::kCallerThenGateway;
        } else {
          return Expected("caller, gateway or caller_then_gateway");
        }
        return absl::OkStatus();
      },
      [&config] { return NameOf(config.credentials); },
      "Which token to use for upstream requests: the caller's (authorization "
      "metadata), the gateway's, or the caller's if present and otherwise the "
      "gateway's.",
      "caller_then_gateway");
  flags.Add("access_token_file", &config.access_token_file,
            "File with the gateway's own token; reloaded when it changes. To "
            "pass the token itself, use the variable WRIFTAI_ACCESS_TOKEN: "
            "others can read command lines, so there is no flag for it.",
            "WRIFTAI_ACCESS_TOKEN_FILE");
}

void AddUpstreamFlags(FlagSet& flags, Config& config) {
  flags.Add("sandbox", &config.sandbox,
            "Run against an embedded sandbox: no token, no network.");
  flags.Add(
      "api_base_url",
      [&config](absl::string_view text) {
        text = absl::StripSuffix(text, "/");
        if (!ParseHttpUrl(text).has_value()) {
          return Expected(
              "an http or https URL without user, query and white space");
        }
        config.upstream.base_url = std::string(text);
        return absl::OkStatus();
      },
      [&config] { return config.upstream.base_url; }, "The upstream API.",
      config.upstream.base_url, "WRIFTAI_API_BASE_URL");
  flags.Add(
      "create_path",
      [&config](absl::string_view text) {
        if (text == "predictions") {
          config.upstream.create_path = CreatePath::kPredictions;
        } else if (text == "models") {
          config.upstream.create_path = CreatePath::kModels;
        } else {
          return Expected("predictions or models");
        }
        return absl::OkStatus();
      },
      [&config] {
        return config.upstream.create_path == CreatePath::kModels
                   ? "models"
                   : "predictions";
      },
      "How to create: POST /predictions with the model in the body, or POST "
      "/models/{owner}/{name}[/versions/{number}]/predictions.",
      "predictions");
  flags.Add("read_timeout", &config.upstream.read_timeout,
            absl::Milliseconds(100), absl::Minutes(10),
            "Timeout for one attempt of a read or a cancel.");
  flags.Add("create_timeout", &config.upstream.create_timeout,
            absl::Milliseconds(100), absl::Minutes(10),
            "Timeout for a create, in addition to its server_wait.");
  flags.Add("connect_timeout", &config.connect_timeout, absl::Milliseconds(100),
            absl::Minutes(1), "Timeout for connecting to the upstream.");
  flags.Add(
      "max_connections", &config.max_connections, 1, 10'000,
      "Maximum number of connections to the upstream. Over HTTP/1.1, each "
      "create with a server_wait holds one.");
  flags.Add("api_ca_file", &config.api_ca_file,
            "PEM file with the CA certificates to trust for the upstream, "
            "instead of the system's.");
}

void AddAdminFlags(FlagSet& flags, Config& config) {
  flags.Add(
      "http_address",
      [&config](absl::string_view text) {
        if (!text.empty() && !IsHostPort(text)) {
          return Expected(
              "HOST:PORT with a port from 0 to 65535, or an empty value");
        }
        config.http_address = std::string(text);
        return absl::OkStatus();
      },
      [&config] { return config.http_address; },
      "HOST:PORT to serve /statusz, /configz, /metrics, /healthz and /readyz "
      "on, over HTTP. Port 0 picks a free port; an empty value disables it.",
      config.http_address);
}

void AddCallFlags(FlagSet& flags, Config& config) {
  flags.Add("memory_limit", &config.memory_limit, 0, int64_t{1} << 40,
            "Memory in bytes that the process may use. Above half of it, "
            "connections that use memory without making calls are closed. 0: "
            "the limit of the control group.");
  flags.Add(
      "message_memory", &config.message_memory, 1 << 20, int64_t{1} << 40,
      "Memory in bytes for the requests of all calls in progress, and the "
      "same again for the API's responses. Above it, large messages are "
      "rejected with RESOURCE_EXHAUSTED. Raised if needed to four times "
      "--max_request_bytes and twice --max_response_bytes.");
  flags.Add("max_response_bytes", &config.max_response_bytes, 1024, 1 << 30,
            "Maximum size of an upstream response, in bytes.");
  flags.Add("max_waits", &config.max_waits, 1, 10'000'000,
            "Maximum number of concurrent Waits, about 21 kB each. One token "
            "may hold four times as many as are still free.");
  flags.Add("max_wait", &config.max_wait, absl::Seconds(1), absl::Hours(24 * 7),
            "Maximum duration of a Wait. A prediction runs for up to 30 "
            "minutes, after its time in the queue and a cold start.");
  flags.Add("drain_timeout", &config.drain_timeout, absl::ZeroDuration(),
            absl::Hours(1),
            "How long calls may continue after SIGTERM before they are cut "
            "off.");
}

void AddBudgetFlags(FlagSet& flags, Config& config) {
  flags.Add("read_rate", &config.rates.reads, kMinRate, kMaxRate,
            "Requests per second per token, not counting creates, until the "
            "upstream's headers set another rate.");
  flags.Add("create_rate", &config.rates.creates, kMinRate, kMaxRate,
            "Creates per second per token, until the upstream's headers set "
            "another rate.");
  flags.Add("budget_share", &config.rates.share, kMinShare, 1,
            "This process's share of both rates and of the rates in the "
            "upstream's headers. Set it to 1 divided by the number of replicas "
            "that share a token, counting the extra ones of a rolling update. "
            "With --etcd_endpoints it is not needed.");
  flags.Add("cache_bytes", &config.cache.max_bytes, 0, int64_t{1} << 40,
            "Maximum size in bytes of the cache for predictions without "
            "waiters, including their outputs. 0 disables it.");
  flags.Add("cache_time", &config.cache.ttl, absl::ZeroDuration(),
            absl::Hours(24 * 7),
            "How long ended predictions are served from the cache, even after "
            "the upstream has deleted them.");
}

// Whether `text` is a URL that the upstream can post to: it must have the path
// that the listener serves.
bool IsWebhookUrl(absl::string_view text) {
  const auto url = ParseHttpUrl(text);
  return url.has_value() && absl::EndsWith(url->path, kWebhookPath);
}

void AddWebhookFlags(FlagSet& flags, Config& config) {
  WebhookConfig& webhooks = config.webhooks;
  flags.AddHostPort(
      "webhook_address", &webhooks.address,
      "HOST:PORT to receive webhooks on; serves only POST /webhooks/wriftai. "
      "Port 0 picks a free port. Must be reachable from the upstream.");
  flags.Add(
      "webhook_public_url",
      [&webhooks](absl::string_view text) {
        if (!IsWebhookUrl(text)) {
          return Expected(
              absl::StrCat("an http or https URL that ends in ", kWebhookPath));
        }
        webhooks.public_url = std::string(text);
        return absl::OkStatus();
      },
      [&webhooks] { return webhooks.public_url; },
      "URL at which the upstream reaches --webhook_address. Registered with "
      "every create that has no webhook of its own.",
      "none");
  flags.Add("webhook_secret_file", &webhooks.secret_file,
            "File with the webhook signing keys, one per line. The first is "
            "registered; all are accepted. Reloaded when it changes.");
  flags.Add("webhook_allow_unsigned", &webhooks.allow_unsigned,
            "Accept unsigned deliveries, which anyone can forge. For local "
            "development only.");
  flags.Add("webhook_poll_interval", &webhooks.feed.poll_interval,
            absl::Milliseconds(100), absl::Hours(1),
            "Initial poll interval for predictions covered by webhooks, as a "
            "safety net against lost deliveries. Backs off up to 10x while "
            "deliveries are reliable.");
}

absl::Status ReadToken(const FlagSet::Environment& environment,
                       Config& config) {
  const char* const token = environment(kTokenVariable);
  if (token == nullptr || *token == '\0') return absl::OkStatus();
  for (const char* c = token; *c != '\0'; ++c) {
    if (*c <= ' ' || *c > '~') {
      return absl::InvalidArgumentError(
          "WRIFTAI_ACCESS_TOKEN: expected printable ASCII without spaces");
    }
  }
  config.access_token = Secret(token);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(
    const std::vector<std::string>& arguments,
    const FlagSet::Environment& environment,
    const std::vector<std::string>& variables) {
  CommandLine line;
  FlagSet flags("wriftai-gateway [flags]",
                "Serves WriftAI predictions over gRPC "
                "(wriftai.predictions.v1.Predictions). "
                "--version prints its version.",
                "GATEWAY_");
  AddServerFlags(flags, line.config.server);
  AddAdminFlags(flags, line.config);
  AddCallFlags(flags, line.config);
  AddCredentialFlags(flags, line.config);
  AddUpstreamFlags(flags, line.config);
  AddBudgetFlags(flags, line.config);
  AddWebhookFlags(flags, line.config);
  AddReplicaFlags(flags, line.config.replica);
  AddLogFlags(flags, line.config.log);
  flags.Add("check_config", &line.config.check_config,
            "Check all settings and the files that they name without opening a "
            "port. Prints `configuration OK` or the error, and exits with "
            "status 0 or 2.");
  flags.AddVariable(kTokenVariable, &line.config.access_token);
  line.help = flags.Help();
  const auto rest = flags.Parse(arguments, environment);
  if (!rest.ok()) return rest.status();
  line.help_requested = flags.help_requested();
  line.version_requested = flags.version_requested();
  if (!rest->empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(rest->front(), ": unknown argument; see --help"));
  }
  if (absl::Status status = ReadToken(environment, line.config); !status.ok()) {
    return status;
  }
  if (line.help_requested || line.version_requested) return line;
  auto tracing = ReadTracingVariables(environment);
  if (!tracing.ok()) return tracing.status();
  line.config.tracing = *std::move(tracing);
  absl::Status status = flags.CheckVariables(variables, environment);
  status.Update(CheckCombinations(flags, line.config));
  if (!status.ok()) return status;
  line.config.webhooks.feed.enabled = !line.config.webhooks.address.empty();
  line.warnings = ConfigWarnings(flags, line.config);
  line.settings = flags.Settings();
  for (Setting& setting : TracingSettings(line.config.tracing, environment)) {
    line.settings.push_back(std::move(setting));
  }
  return line;
}

}  // namespace wriftai
