#ifndef WRIFTAI_UPSTREAM_HTTP_HTTP_OPTIONS_H_
#define WRIFTAI_UPSTREAM_HTTP_HTTP_OPTIONS_H_

#include <cstddef>
#include <string>

#include "absl/time/time.h"

namespace wriftai {

// "wriftai-gateway/" and the version of this build.
std::string DefaultUserAgent();

// Options of a CurlEventLoop for all its requests. A value.
struct HttpOptions {
  // For DNS, connection and TLS together. A cluster's DNS retries after 5 s; a
  // second try fits in, if HttpRequest::timeout allows.
  absl::Duration connect_timeout = absl::Seconds(10);

  // Maximum size of a body after decoding, since a small gzip body may expand.
  // Outputs of predictions are mostly links. 64 MiB fits the largest inline
  // outputs and bounds the memory of one response.
  size_t max_response_bytes = size_t{64} << 20;

  // Maximum size of the bodies of all responses together, from arrival until
  // they are freed; at most four fifths for one scope. Beyond it, responses
  // fail, except to a POST, which may have been paid for. Fits two maximum
  // bodies.
  size_t max_bodies_bytes = size_t{128} << 20;

  // Maximum size of all header lines of a response, including interim responses
  // and trailers, and their maximum number. Servers and proxies send below 8
  // KiB.
  size_t max_header_bytes = size_t{64} << 10;
  size_t max_headers = 256;

  // Maximum open connections. Creates that wait upstream hold a connection for
  // up to a minute, so many are needed. The common limit of 1024 descriptors
  // must leave half to gRPC. Further requests wait in order of arrival, within
  // their timeout.
  int max_connections = 512;

  // Maximum requests in flight or waiting for a connection. Further ones fail
  // at once, unsent. Twice the 10,000 waiters that one gateway is designed for.
  size_t max_requests = 20000;

  // Maximum idle time of a connection that is reused. Common load balancers
  // close idle connections after 60 s, and a POST on a closing connection has
  // an unknown outcome.
  absl::Duration max_idle = absl::Seconds(30);

  // Maximum age of a connection that takes new requests, and lifetime of
  // resolved addresses. The sum is how long it takes to follow an upstream to a
  // new address. One TLS handshake per minute is cheap.
  absl::Duration max_connection_age = absl::Seconds(60);
  absl::Duration dns_cache = absl::Seconds(30);

  // TCP keepalive: first probe after this long without traffic. Detects a peer
  // that disappeared during a long wait.
  absl::Duration keepalive = absl::Seconds(30);

  // Whether libcurl's variables (https_proxy, no_proxy, ...) apply. False for
  // servers on this machine, which a proxy cannot reach.
  bool use_proxy_from_environment = true;

  std::string user_agent = DefaultUserAgent();

  // PEM file of CA certificates to trust instead of the system's, for private
  // CAs and tests. Empty: the system's.
  std::string ca_file;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_HTTP_OPTIONS_H_
