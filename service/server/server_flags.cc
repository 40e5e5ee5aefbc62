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
          "expected HOST:PORT with a port from 0 to 65535");
    }
    address = std::string(text);
    return absl::OkStatus();
  };
}

void AddTlsFlags(FlagSet& flags, TlsConfig& tls) {
  flags.Add("tls_cert_file", &tls.cert_file,
            "PEM file with the certificate of the gRPC port and its "
            "intermediates. If unset, the port uses plaintext. All TLS files "
            "are reloaded when they change.");
  flags.Add("tls_key_file", &tls.key_file,
            "PEM file with the private key of --tls_cert_file, without a "
            "passphrase.");
  flags.Add("tls_client_ca_file", &tls.client_ca_file,
            "PEM file with the CA certificates for clients. If set, clients "
            "must present a certificate issued by one of them (mTLS).");
  flags.Add(
      "tls_allowed_names",
      [&tls](absl::string_view text) {
        auto patterns = ParseNamePatterns(text);
        if (!patterns.ok()) return patterns.status();
        tls.allowed_names = *std::move(patterns);
        return absl::OkStatus();
      },
      "Comma-separated DNS names or URIs, one of which a client's certificate "
      "must have. `*` matches within one label or path segment, as in "
      "spiffe://cluster.local/ns/*/sa/caller.",
      "all");
}

absl::Status Requires(absl::string_view flag, absl::string_view required) {
  return absl::InvalidArgumentError(absl::StrCat(flag, " requires ", required));
}

}  // namespace

absl::Status CheckServer(const ServerConfig& config) {
  const TlsConfig& tls = config.tls;
  if (!tls.key_file.empty() && tls.cert_file.empty()) {
    return Requires("--tls_key_file", "--tls_cert_file");
  }
  if (!tls.cert_file.empty() && tls.key_file.empty()) {
    return Requires("--tls_cert_file", "--tls_key_file");
  }
  if (!tls.client_ca_file.empty() && tls.cert_file.empty()) {
    return Requires("--tls_client_ca_file", "--tls_cert_file");
  }
  if (!tls.allowed_names.empty() && tls.client_ca_file.empty()) {
    return Requires("--tls_allowed_names", "--tls_client_ca_file");
  }
  return absl::OkStatus();
}

void AddServerFlags(FlagSet& flags, ServerConfig& config) {
  flags.Add("listen_address", HostPort(config.listen_address),
            "HOST:PORT to serve gRPC on. Port 0 picks a free port. IPv6 "
            "addresses need brackets. For every address flag, 0.0.0.0 and [::] "
            "listen on both IPv4 and IPv6.",
            config.listen_address);
  flags.Add("health_address", HostPort(config.health_address),
            "HOST:PORT to serve only grpc.health.v1 on, in plaintext, for "
            "probes without TLS. Port 0 picks a free port.",
            "off");
  AddTlsFlags(flags, config.tls);
  flags.Add("max_request_bytes", &config.max_request_bytes, 1024, 1 << 30,
            "Maximum size of a request message, in bytes. Larger ones are "
            "rejected with RESOURCE_EXHAUSTED.");
  flags.Add("max_caller_connections", &config.max_caller_connections, 1,
            1'000'000,
            "Maximum number of connections to the gRPC port. At the limit, "
            "silent ones are evicted, and otherwise new ones refused. One "
            "address may hold eight times as many as are still free. A low "
            "limit of open files (ulimit -n) reduces it.");
  flags.Add("max_concurrent_streams", &config.max_concurrent_streams, 1,
            1'000'000,
            "Maximum number of concurrent calls per connection; clients queue "
            "further calls. A waiting call takes about 17 kB.");
  flags.Add("keepalive_time", &config.keepalive_time, absl::Seconds(1),
            absl::Hours(24),
            "How long a connection may be silent before the gateway sends a "
            "ping. Keep it below the idle timeouts of proxies in between.");
  flags.Add("keepalive_timeout", &config.keepalive_timeout, absl::Seconds(1),
            absl::Minutes(10),
            "How long to wait for the response to a ping before closing the "
            "connection with its Waits.");
  flags.Add("min_ping_interval", &config.min_ping_interval,
            absl::ZeroDuration(), absl::Hours(1),
            "Minimum interval between pings of a client, with or without "
            "calls. Clients that ping more often are disconnected "
            "(ENHANCE_YOUR_CALM). 0s allows any.");
  flags.Add("max_connection_age", &config.max_connection_age,
            absl::ZeroDuration(), absl::Hours(24 * 7),
            "Age, +/- 10 %, at which a connection is closed gracefully, so "
            "that callers spread over new replicas. 0s disables it.");
  flags.Add("max_connection_age_grace", &config.max_connection_age_grace,
            absl::Seconds(1), absl::Hours(24 * 7),
            "How long calls may continue after --max_connection_age. Keep it "
            "longer than a create takes, which would be cut off. A Wait ends "
            "after 81 to 90 % of this with UNAVAILABLE and a RetryInfo, and "
            "can be resumed.");
  flags.Add("channelz", &config.channelz,
            "Serve grpc.channelz.v1, which shows all connections and their "
            "peers' addresses to any caller.");
}

}  // namespace wriftai
