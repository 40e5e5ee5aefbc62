#include "service/server/server_flags.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/host_port.h"

namespace wriftai {
namespace {

FlagSet::Setter HostPort(std::string& address) {
  return [&address](absl::string_view text) {
    if (!IsHostPort(text)) {
      return absl::InvalidArgumentError(
          "wanted HOST:PORT with a port from 0 to 65535");
    }
    address = std::string(text);
    return absl::OkStatus();
  };
}

void AddTlsFlags(FlagSet& flags, TlsConfig& tls) {
  flags.Add("tls_cert_file", &tls.cert_file,
            "PEM file with the certificate of the gRPC port, and with those "
            "between it and its authority; without one it speaks plaintext. "
            "This and the next two are read again when they change.");
  flags.Add("tls_key_file", &tls.key_file,
            "PEM file with its private key, without a passphrase.");
  flags.Add("tls_client_ca_file", &tls.client_ca_file,
            "PEM file with the authorities of clients: with it, a client "
            "without a certificate of theirs is refused (mTLS).");
  flags.Add(
      "tls_allowed_names",
      [&tls](absl::string_view text) {
        auto patterns = ParseNamePatterns(text);
        if (!patterns.ok()) return patterns.status();
        tls.allowed_names = *std::move(patterns);
        return absl::OkStatus();
      },
      "Of those clients, the ones to take: DNS names or URIs of their "
      "certificates with commas between them, `*` for a part of one label or "
      "path segment, such as spiffe://cluster.local/ns/*/sa/caller.",
      "all");
}

// `flag` was given, and `needed` was not.
absl::Status Wanting(absl::string_view flag, absl::string_view needed) {
  return absl::InvalidArgumentError(
      absl::StrCat(flag, ": wanted ", needed, " with it"));
}

}  // namespace

absl::Status CheckServer(const ServerConfig& config) {
  const TlsConfig& tls = config.tls;
  if (!tls.key_file.empty() && tls.cert_file.empty()) {
    return Wanting("--tls_key_file", "--tls_cert_file");
  }
  if (!tls.cert_file.empty() && tls.key_file.empty()) {
    return Wanting("--tls_cert_file", "--tls_key_file");
  }
  if (!tls.client_ca_file.empty() && tls.cert_file.empty()) {
    return Wanting("--tls_client_ca_file", "--tls_cert_file");
  }
  if (!tls.allowed_names.empty() && tls.client_ca_file.empty()) {
    return Wanting("--tls_allowed_names", "--tls_client_ca_file");
  }
  return absl::OkStatus();
}

void AddServerFlags(FlagSet& flags, ServerConfig& config) {
  flags.Add("listen_address", HostPort(config.listen_address),
            "Where gRPC is served, HOST:PORT; port 0 picks a free one. An IPv6 "
            "address is in brackets; for each address here, 0.0.0.0 and [::] "
            "take both IPv4 and IPv6.",
            config.listen_address);
  flags.Add("health_address", HostPort(config.health_address),
            "Where grpc.health.v1 alone is served, in plaintext, HOST:PORT: "
            "for probes that speak no TLS. Port 0 picks a free one.",
            "off");
  AddTlsFlags(flags, config.tls);
  flags.Add("max_request_bytes", &config.max_request_bytes, 1024, 1 << 30,
            "The largest request message; larger ones are refused with "
            "RESOURCE_EXHAUSTED.");
  flags.Add("max_caller_connections", &config.max_caller_connections, 1,
            1'000'000,
            "Connections of callers to the gRPC port. At the limit silent ones "
            "make room, then new ones are refused. One address may have eight "
            "times as many as are still free. Lower where the limit of open "
            "files (ulimit -n) is.");
  flags.Add("max_concurrent_streams", &config.max_concurrent_streams, 1,
            1'000'000,
            "Calls under way on one connection; a client holds back what is "
            "above. A waiting one takes about 17 kB.");
  flags.Add("keepalive_time", &config.keepalive_time, absl::Seconds(1),
            absl::Hours(24),
            "How long a connection may be silent before the gateway sends a "
            "ping: shorter than the idle timeouts of what is in between.");
  flags.Add("keepalive_timeout", &config.keepalive_timeout, absl::Seconds(1),
            absl::Minutes(10),
            "How long its answer may take before the connection is given up, "
            "and its Waits with it.");
  flags.Add("min_ping_interval", &config.min_ping_interval,
            absl::ZeroDuration(), absl::Hours(1),
            "Clients that send pings more often, with or without calls, are "
            "sent away (ENHANCE_YOUR_CALM); 0s takes any.");
  flags.Add("max_connection_age", &config.max_connection_age,
            absl::ZeroDuration(), absl::Hours(24 * 7),
            "When a connection is asked to end, give or take a tenth, so that "
            "callers spread over replicas that are new; 0s never asks.");
  flags.Add("max_connection_age_grace", &config.max_connection_age_grace,
            absl::Seconds(1), absl::Hours(24 * 7),
            "How long its calls may go on after that: longer than any create "
            "takes, which would be cut off. A Wait ends by itself after 81 to "
            "90 % of this, UNAVAILABLE with a RetryInfo, to be called again.");
  flags.Add("channelz", &config.channelz,
            "Serve grpc.channelz.v1, which shows each connection and its "
            "peer's address to whoever may call.");
}

}  // namespace wriftai
