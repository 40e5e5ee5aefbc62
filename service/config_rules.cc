#include "service/config_rules.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/host_port.h"
#include "service/replica/replica_flags.h"
#include "service/server/http_url.h"
#include "service/server/tls/tls_flags.h"

namespace wriftai {
namespace {

// The longest server_wait, which is added to --create_timeout.
constexpr absl::Duration kMaxServerWait = absl::Minutes(1);

absl::Status InvalidConfig(absl::string_view text) {
  return absl::InvalidArgumentError(text);
}

bool HasToken(const Config& config) {
  return !config.access_token.empty() || !config.access_token_file.empty();
}

absl::Status CheckToken(const Config& config) {
  if (config.sandbox) return absl::OkStatus();
  if (!config.access_token.empty() && !config.access_token_file.empty()) {
    return InvalidConfig(
        "WRIFTAI_ACCESS_TOKEN and --access_token_file both give the gateway's "
        "token: expected one of them");
  }
  if (config.credentials == CredentialPolicy::kGateway && !HasToken(config)) {
    return InvalidConfig(
        "--credentials=gateway requires WRIFTAI_ACCESS_TOKEN or "
        "--access_token_file");
  }
  return absl::OkStatus();
}

absl::Status CheckSandbox(const FlagSet& flags, const Config& config) {
  if (!config.sandbox) return absl::OkStatus();
  for (const char* const flag : {"api_base_url", "api_ca_file"}) {
    if (!flags.WasGiven(flag)) continue;
    return InvalidConfig(
        absl::StrCat("--sandbox and --", flag,
                     ": expected one of them, as --sandbox runs "
                     "without the API"));
  }
  if (config.replica.enabled()) {
    return InvalidConfig(
        "--sandbox and --etcd_endpoints: expected one of them, as each replica "
        "would have a sandbox of its own");
  }
  return absl::OkStatus();
}

absl::Status CheckWebhooks(const FlagSet& flags,
                           const WebhookConfig& webhooks) {
  if (webhooks.address.empty()) {
    const char* const flag =
        !webhooks.public_url.empty()              ? "--webhook_public_url"
        : !webhooks.secret_file.empty()           ? "--webhook_secret_file"
        : webhooks.allow_unsigned                 ? "--webhook_allow_unsigned"
        : flags.WasGiven("webhook_poll_interval") ? "--webhook_poll_interval"
                                                  : nullptr;
    if (flag == nullptr) return absl::OkStatus();
    return InvalidConfig(absl::StrCat(flag, " requires --webhook_address"));
  }
  if (webhooks.secret_file.empty() && !webhooks.allow_unsigned) {
    return InvalidConfig(
        "--webhook_address requires --webhook_secret_file, or "
        "--webhook_allow_unsigned for local development");
  }
  return absl::OkStatus();
}

absl::Status CheckAddresses(const Config& config) {
  const std::pair<const char*, const std::string*> addresses[] = {
      {"--listen_address", &config.server.listen_address},
      {"--health_address", &config.server.health_address},
      {"--http_address", &config.http_address},
      {"--webhook_address", &config.webhooks.address},
      {"--peer_address", &config.replica.peer_address}};
  for (const auto& [flag, address] : addresses) {
    if (address->empty() || PortOf(*address) == 0) continue;
    for (const auto& [other_flag, other] : addresses) {
      if (other_flag == flag) break;
      if (other->empty() || PortOf(*other) != PortOf(*address)) continue;
      const std::string host = HostOf(*address);
      const std::string other_host = HostOf(*other);
      if (host == other_host || IsWildcard(host) || IsWildcard(other_host)) {
        return InvalidConfig(absl::StrCat(other_flag, " and ", flag,
                                          " both are ", *address,
                                          ": expected another port"));
      }
    }
  }
  return absl::OkStatus();
}

void AddTokenWarnings(const Config& config,
                      std::vector<std::string>& warnings) {
  if (!HasToken(config)) return;
  if (config.sandbox) {
    warnings.emplace_back("--sandbox: the access token is not used");
  } else if (config.credentials == CredentialPolicy::kCaller) {
    warnings.emplace_back(
        "--credentials=caller: the gateway's own access token is not used");
  }
}

void AddConnectionAgeWarnings(const FlagSet& flags, const Config& config,
                              std::vector<std::string>& warnings) {
  const ServerConfig& server = config.server;
  if (server.max_connection_age == absl::ZeroDuration()) {
    if (flags.WasGiven("max_connection_age_grace")) {
      warnings.emplace_back(
          "--max_connection_age_grace has no effect with "
          "--max_connection_age=0s");
    }
    return;
  }
  const absl::Duration longest_create =
      config.upstream.create_timeout + kMaxServerWait;
  if (server.max_connection_age_grace >= longest_create) return;
  warnings.push_back(absl::StrCat(
      "--max_connection_age_grace=",
      absl::FormatDuration(server.max_connection_age_grace), " is below ",
      absl::FormatDuration(longest_create),
      " (--create_timeout plus the longest server_wait): creates that are cut "
      "off may still have taken effect"));
}

void AddUpstreamWarnings(const Config& config,
                         std::vector<std::string>& warnings) {
  const std::optional<HttpUrl> url = ParseHttpUrl(config.upstream.base_url);
  if (config.sandbox || !url.has_value() || url->is_https) return;
  if (!config.api_ca_file.empty()) {
    warnings.emplace_back(
        "--api_ca_file has no effect: --api_base_url is not https");
  }
  if (!IsLoopback(url->host)) {
    warnings.emplace_back(
        "--api_base_url is not https: access tokens are sent unencrypted");
  }
}

void AddWebhookWarnings(const Config& config,
                        std::vector<std::string>& warnings) {
  const WebhookConfig& webhooks = config.webhooks;
  if (webhooks.address.empty()) return;
  if (webhooks.public_url.empty()) {
    warnings.emplace_back(
        "--webhook_address without --webhook_public_url: the gateway registers "
        "no webhooks");
    return;
  }
  const std::optional<HttpUrl> api = ParseHttpUrl(config.upstream.base_url);
  const std::optional<HttpUrl> webhook = ParseHttpUrl(webhooks.public_url);
  if (!config.sandbox && api.has_value() && webhook.has_value() &&
      IsLoopback(webhook->host) && !IsLoopback(api->host)) {
    warnings.emplace_back(
        "--webhook_public_url is a loopback address: the API cannot reach it");
  }
}

}  // namespace

absl::Status CheckCombinations(const FlagSet& flags, const Config& config) {
  absl::Status status = CheckTls(config.server.tls);
  status.Update(CheckSandbox(flags, config));
  status.Update(CheckToken(config));
  status.Update(CheckWebhooks(flags, config.webhooks));
  status.Update(CheckReplica(flags, config.replica, config.webhooks.address));
  status.Update(CheckAddresses(config));
  return status;
}

std::vector<std::string> ConfigWarnings(const FlagSet& flags,
                                        const Config& config) {
  std::vector<std::string> warnings = flags.warnings();
  AddTokenWarnings(config, warnings);
  AddConnectionAgeWarnings(flags, config, warnings);
  AddUpstreamWarnings(config, warnings);
  AddWebhookWarnings(config, warnings);
  if (config.replica.enabled() && flags.WasGiven("budget_share")) {
    warnings.emplace_back(
        "--budget_share with --etcd_endpoints: only this share of each rate is "
        "used, by all replicas together; remove it once every replica uses "
        "etcd");
  }
  if (config.cache.max_bytes == 0 && flags.WasGiven("cache_time")) {
    warnings.emplace_back("--cache_time has no effect with --cache_bytes=0");
  }
  if (flags.WasGiven("connect_timeout") &&
      config.connect_timeout > config.upstream.read_timeout) {
    warnings.emplace_back(
        "--connect_timeout exceeds --read_timeout, which ends reads first");
  }
  return warnings;
}

bool LendsTokenToAnyone(const Config& config) {
  return !config.sandbox && config.credentials != CredentialPolicy::kCaller &&
         HasToken(config) && config.server.tls.client_ca_file.empty();
}

}  // namespace wriftai
