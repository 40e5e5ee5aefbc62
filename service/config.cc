#include "service/config.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/host_port.h"
#include "service/config_rules.h"
#include "service/server/http_url.h"
#include "service/server/server_flags.h"
#include "upstream/webhook/webhook_receiver.h"

namespace wriftai {
namespace {

// Requests per second: from one in a hundred seconds to far more than any
// published limit.
constexpr double kMinRate = 0.01;
constexpr double kMaxRate = 100'000;

// A hundred replicas of one token would each send next to nothing.
constexpr double kMinShare = 0.01;

// The token itself has no flag: others can read command lines.
constexpr char kTokenVariable[] = "WRIFTAI_ACCESS_TOKEN";

absl::Status Wanted(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("wanted ", what));
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
          return Wanted("caller, gateway or caller_then_gateway");
        }
        return absl::OkStatus();
      },
      "With whose token the upstream is called: the caller's (authorization "
      "metadata), the gateway's, or the first that there is.",
      "caller_then_gateway");
  flags.Add("access_token_file", &config.access_token_file,
            "File with the gateway's own token; read again when it changes. "
            "The token itself is only taken from WRIFTAI_ACCESS_TOKEN, since "
            "command lines can be read by others.",
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
          return Wanted(
              "an http or https URL without user, query and white space");
        }
        config.upstream.base_url = std::string(text);
        return absl::OkStatus();
      },
      "The upstream API.", config.upstream.base_url, "WRIFTAI_API_BASE_URL");
  flags.Add(
      "create_path",
      [&config](absl::string_view text) {
        if (text == "predictions") {
          config.upstream.create_path = CreatePath::kPredictions;
        } else if (text == "models") {
          config.upstream.create_path = CreatePath::kModels;
        } else {
          return Wanted("predictions or models");
        }
        return absl::OkStatus();
      },
      "How to create: POST /predictions with the model in the body, or POST "
      "/models/{owner}/{name}[/versions/{number}]/predictions.",
      "predictions");
  flags.Add("read_timeout", &config.upstream.read_timeout,
            absl::Milliseconds(100), absl::Minutes(10),
            "What one attempt of a read or a cancel may take.");
  flags.Add("create_timeout", &config.upstream.create_timeout,
            absl::Milliseconds(100), absl::Minutes(10),
            "What a create may take, beyond its server_wait.");
  flags.Add("connect_timeout", &config.connect_timeout, absl::Milliseconds(100),
            absl::Minutes(1), "What connecting to the upstream may take.");
  flags.Add("max_connections", &config.max_connections, 1, 10'000,
            "Connections to the upstream at the most; held creates "
            "(server_wait) take one each over HTTP/1.1.");
  flags.Add("api_ca_file", &config.api_ca_file,
            "PEM file with the authorities to trust for the upstream, in place "
            "of the system's.");
}

void AddAdminFlags(FlagSet& flags, Config& config) {
  flags.Add(
      "http_address",
      [&config](absl::string_view text) {
        if (!text.empty() && !IsHostPort(text)) {
          return Wanted("HOST:PORT with a port from 0 to 65535, or nothing");
        }
        config.http_address = std::string(text);
        return absl::OkStatus();
      },
      "Where operators find /statusz, /metrics, /healthz and /readyz over "
      "HTTP, HOST:PORT; port 0 picks a free one, an empty value switches it "
      "off.",
      config.http_address);
}

void AddCallFlags(FlagSet& flags, Config& config) {
  flags.Add("memory_limit", &config.memory_limit, 0, int64_t{1} << 40,
            "Memory in bytes that the process may use. Above half of it, "
            "connections that fill it without calls are closed. 0: what the "
            "control group allows.");
  flags.Add("message_memory", &config.message_memory, 1 << 20, int64_t{1} << 40,
            "Memory for the requests of all calls in progress, and as much for "
            "the API's responses; above it, large ones are refused with "
            "RESOURCE_EXHAUSTED. At least four times --max_request_bytes and "
            "twice --max_response_bytes are taken.");
  flags.Add("max_response_bytes", &config.max_response_bytes, 1024, 1 << 30,
            "The largest answer of the upstream that is read.");
  flags.Add("max_waits", &config.max_waits, 1, 10'000'000,
            "Waits at the same time, some 21 kB each; one token may have four "
            "times as many as are still free.");
  flags.Add("max_wait", &config.max_wait, absl::Seconds(1), absl::Hours(24 * 7),
            "The longest Wait: 30 minutes of running, plus the queue and a "
            "cold start.");
  flags.Add("drain_timeout", &config.drain_timeout, absl::ZeroDuration(),
            absl::Hours(1),
            "How long calls may go on after SIGTERM before they are cut off.");
}

void AddBudgetFlags(FlagSet& flags, Config& config) {
  flags.Add("read_rate", &config.rates.reads, kMinRate, kMaxRate,
            "Requests per second and token, creates apart, until the "
            "upstream's headers say otherwise.");
  flags.Add("create_rate", &config.rates.creates, kMinRate, kMaxRate,
            "Creates per second and token, until the upstream's headers say "
            "otherwise.");
  flags.Add("budget_share", &config.rates.share, kMinShare, 1,
            "The part of both rates, and of what the upstream's headers say, "
            "that this process takes: 1 divided by the replicas that share a "
            "token, those of a rolling update included.");
  flags.Add("cache_bytes", &config.cache.max_bytes, 0, int64_t{1} << 40,
            "What is kept of predictions that nobody waits for, their outputs "
            "included; 0 keeps none.");
  flags.Add("cache_time", &config.cache.keep_for, absl::ZeroDuration(),
            absl::Hours(24 * 7),
            "How long a prediction that has ended is answered from what is "
            "kept, also after the upstream has deleted it.");
}

// `text`: what the upstream shall post to, so that it needs the path that the
// listener answers.
bool IsWebhookUrl(absl::string_view text) {
  const auto url = ParseHttpUrl(text);
  return url.has_value() && absl::EndsWith(url->path, kWebhookPath);
}

void AddWebhookFlags(FlagSet& flags, Config& config) {
  WebhookConfig& webhooks = config.webhooks;
  flags.Add(
      "webhook_address",
      [&webhooks](absl::string_view text) {
        if (!IsHostPort(text)) {
          return Wanted("HOST:PORT with a port from 0 to 65535");
        }
        webhooks.address = std::string(text);
        return absl::OkStatus();
      },
      "Where webhooks are received, HOST:PORT, on POST /webhooks/wriftai "
      "alone; port 0 picks a free one. The outside is to reach it.",
      "off");
  flags.Add(
      "webhook_public_url",
      [&webhooks](absl::string_view text) {
        if (!IsWebhookUrl(text)) {
          return Wanted(
              absl::StrCat("an http or https URL that ends in ", kWebhookPath));
        }
        webhooks.public_url = std::string(text);
        return absl::OkStatus();
      },
      "Under which the upstream reaches --webhook_address; registered with "
      "every create that brings no webhook of its own.",
      "none: nothing is registered");
  flags.Add("webhook_secret_file", &webhooks.secret_file,
            "File with the keys of webhooks, one a line: the first is "
            "registered, all are good; read again when it changes.");
  flags.Add("webhook_allow_unsigned", &webhooks.allow_unsigned,
            "Take deliveries without a signature, which anybody can forge: "
            "for work on one's own machine.");
  flags.Add("webhook_poll_interval", &webhooks.feed.poll_interval,
            absl::Milliseconds(100), absl::Hours(1),
            "How often a prediction is polled at first that webhooks tell of, "
            "in case one is lost; ten times as rarely at the most, while none "
            "is.");
}

absl::Status ReadToken(const FlagSet::Environment& environment,
                       Config& config) {
  const char* const token = environment(kTokenVariable);
  if (token == nullptr || *token == '\0') return absl::OkStatus();
  for (const char* c = token; *c != '\0'; ++c) {
    if (*c <= ' ' || *c > '~') {
      return absl::InvalidArgumentError(
          "WRIFTAI_ACCESS_TOKEN: wanted printable ASCII without spaces");
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
  FlagSet flags(
      "wriftai-gateway [flags]",
      "Serves WriftAI predictions over gRPC (wriftai.v1.Predictions). "
      "--version prints its version.",
      "GATEWAY_");
  AddServerFlags(flags, line.config.server);
  AddAdminFlags(flags, line.config);
  AddCallFlags(flags, line.config);
  AddCredentialFlags(flags, line.config);
  AddUpstreamFlags(flags, line.config);
  AddBudgetFlags(flags, line.config);
  AddWebhookFlags(flags, line.config);
  AddLogFlags(flags, line.config.log);
  flags.Add("check_config", &line.config.check_config,
            "Check all settings, the files that they name included, print "
            "`configuration OK` or what is wrong, and exit with status 0 or 2. "
            "Opens no port.");
  flags.AddVariable(kTokenVariable);
  line.help = flags.Help();
  const auto rest = flags.Parse(arguments, environment);
  if (!rest.ok()) return rest.status();
  line.help_wanted = flags.help_wanted();
  line.version_wanted = flags.version_wanted();
  if (!rest->empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat(rest->front(), ": unknown argument; see --help"));
  }
  if (absl::Status status = ReadToken(environment, line.config); !status.ok()) {
    return status;
  }
  if (line.help_wanted || line.version_wanted) return line;
  absl::Status status = flags.CheckVariables(variables, environment);
  status.Update(CheckCombinations(flags, line.config));
  if (!status.ok()) return status;
  line.config.webhooks.feed.enabled = !line.config.webhooks.address.empty();
  line.warnings = ConfigWarnings(flags, line.config);
  return line;
}

}  // namespace wriftai
