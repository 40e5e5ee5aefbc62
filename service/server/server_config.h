#ifndef WRIFTAI_SERVICE_SERVER_SERVER_CONFIG_H_
#define WRIFTAI_SERVICE_SERVER_SERVER_CONFIG_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"
#include "service/server/tls/tls_config.h"

namespace wriftai {

// Settings of the gRPC server; the defaults are those of the flags.
struct ServerConfig {
  std::string listen_address = "0.0.0.0:50051";

  TlsConfig tls;

  // Serves only grpc.health.v1, in plaintext; empty: off.
  std::string health_address;

  int64_t max_request_bytes = 16 << 20;

  // Per connection. A waiting stream takes about 17 kB, so one connection can
  // take 340 MB. The benchmarks run 10,000 Waits over one connection.
  int64_t max_concurrent_streams = 20'000;

  // Shorter than the idle timeouts of proxies and load balancers, usually a
  // minute or more.
  absl::Duration keepalive_time = absl::Seconds(45);
  absl::Duration keepalive_timeout = absl::Seconds(20);

  // Half of the shortest ping interval of gRPC's libraries, 10 s: after a
  // delayed ping the next one arrives early.
  absl::Duration min_ping_interval = absl::Seconds(5);

  // New replicas get their share of the callers within about this time. Zero:
  // unlimited.
  absl::Duration max_connection_age = absl::Minutes(30);

  // The longest run of a prediction: few streams are still open at its end.
  absl::Duration max_connection_age_grace = absl::Minutes(30);

  bool channelz = false;

  // 2,048 half-open TLS handshakes of 70 kB take 140 MB of the Deployment's
  // 512 MB.
  int64_t max_caller_connections = 2048;

  // On the health port, each load balancer replica and each prober has one.
  int64_t max_health_connections = 256;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_SERVER_CONFIG_H_
