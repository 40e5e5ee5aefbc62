#ifndef WRIFTAI_UPSTREAM_HTTP_HTTP_OPTIONS_H_
#define WRIFTAI_UPSTREAM_HTTP_HTTP_OPTIONS_H_

#include <cstddef>
#include <string>

#include "absl/time/time.h"

namespace wriftai {

// "wriftai-gateway/" and the version of this build.
std::string DefaultUserAgent();

// How a CurlEventLoop treats every request. A value.
struct HttpOptions {
  // For the name, the connection and TLS together. A cluster's DNS retries
  // after 5 s; a second try fits, while HttpRequest::timeout has time left.
  absl::Duration connect_timeout = absl::Seconds(10);

  // Bytes of a response's body after decoding, so that a small gzip body cannot
  // become a large string. Outputs of predictions are mostly links; 64 MiB is
  // what the largest inline ones need, and what one response may cost in
  // memory.
  size_t max_response_bytes = size_t{64} << 20;

  // Bytes of the bodies of all responses together, from their arrival until
  // they are let go; of one scope four fifths at the most. A response that
  // finds no room fails, but the response to a POST, which may have been paid
  // for. Two of the longest fit.
  size_t max_bodies_bytes = size_t{128} << 20;

  // Bytes of all header lines of a response, interim responses and trailers
  // included, and their number. Servers and proxies send below 8 KiB.
  size_t max_header_bytes = size_t{64} << 10;
  size_t max_headers = 256;

  // Connections open at a time. A create that waits upstream holds a connection
  // for up to a minute, so there must be many; a usual limit of 1024
  // descriptors must leave half to gRPC. A request that finds none waits, in
  // order of arrival, within its own timeout.
  int max_connections = 512;

  // Requests that are in flight or waiting for a connection; more fail at
  // once, unsent. Double the 10,000 waiters that one gateway is built for.
  size_t max_requests = 20000;

  // An idle connection is not used again after this long: shorter than the
  // 60 s after which common load balancers close it, as a POST that meets a
  // connection being closed has an unknown outcome.
  absl::Duration max_idle = absl::Seconds(30);

  // A connection takes no new request after this long, and a resolved address
  // is looked up again after `dns_cache`, so that an upstream which has moved
  // is found within their sum. A TLS handshake a minute costs nothing.
  absl::Duration max_connection_age = absl::Seconds(60);
  absl::Duration dns_cache = absl::Seconds(30);

  // TCP keepalive: first probe after this long without traffic, so that a peer
  // that vanished during a long wait is noticed.
  absl::Duration keepalive = absl::Seconds(30);

  // Whether libcurl's variables (https_proxy, no_proxy, ...) count. A proxy
  // does not lead to this machine, nor back from it.
  bool use_proxy_from_environment = true;

  std::string user_agent = DefaultUserAgent();

  // A PEM file with the certificates to trust instead of the system's; for
  // private authorities and tests. Empty: the system's.
  std::string ca_file;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_HTTP_OPTIONS_H_
