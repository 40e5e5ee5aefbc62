#ifndef WRIFTAI_SERVICE_SERVER_SERVER_CONFIG_H_
#define WRIFTAI_SERVICE_SERVER_SERVER_CONFIG_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "service/server/name_pattern.h"

namespace wriftai {

// TLS on the gRPC port: PEM files that are read again when they change.
struct TlsConfig {
  std::string cert_file;  // Empty: plaintext.
  std::string key_file;

  // Who may vouch for clients; empty: they need no certificate.
  std::string client_ca_file;

  // Of those, whose names are allowed; empty: all.
  std::vector<NamePattern> allowed_names;
};

// How gRPC is served; the defaults are those of the flags.
struct ServerConfig {
  std::string listen_address = "0.0.0.0:50051";

  TlsConfig tls;

  // Where grpc.health.v1 alone is served, in plaintext; empty: nowhere.
  std::string health_address;

  int64_t max_request_bytes = 16 << 20;

  // Of one connection. A stream that waits takes about 17 kB, so that one
  // connection can take 340 MB; 10,000 Waits over one are what the benchmarks
  // show.
  int64_t max_concurrent_streams = 20'000;

  // Shorter than the idle timeouts of proxies and load balancers, which begin
  // at a minute or so.
  absl::Duration keepalive_time = absl::Seconds(45);
  absl::Duration keepalive_timeout = absl::Seconds(20);

  // Half of the shortest interval that gRPC's libraries send pings at, 10 s:
  // one that is delayed on its way makes the next one come early.
  absl::Duration min_ping_interval = absl::Seconds(5);

  // New replicas get their share of the callers within about this. Zero: never.
  absl::Duration max_connection_age = absl::Minutes(30);

  // The longest that a prediction runs: few streams see the end of it.
  absl::Duration max_connection_age_grace = absl::Minutes(30);

  bool channelz = false;

  // Of callers; 2,048 half-open TLS handshakes of 70 kB take 140 MB of the 512
  // that the Deployment is limited to.
  int64_t max_caller_connections = 2048;

  // Of the health port: each replica of a balancer and each prober has one.
  int64_t max_health_connections = 256;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_SERVER_CONFIG_H_
