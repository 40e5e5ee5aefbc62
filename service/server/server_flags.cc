#include "service/server/server_flags.h"

#include "service/server/tls/tls_flags.h"

namespace wriftai {

void AddServerFlags(FlagSet& flags, ServerConfig& config) {
  flags.AddHostPort(
      "listen_address", &config.listen_address,
      "HOST:PORT to serve gRPC on. Port 0 picks a free port. IPv6 "
      "addresses need brackets. For every address flag, 0.0.0.0 and [::] "
      "listen on both IPv4 and IPv6.");
  flags.AddHostPort("health_address", &config.health_address,
                    "HOST:PORT to serve only grpc.health.v1 on, in plaintext, "
                    "for probes without TLS. Port 0 picks a free port.");
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
