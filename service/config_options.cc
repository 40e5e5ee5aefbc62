#include "service/config_options.h"

#include <algorithm>

#include "absl/time/time.h"
#include "base/host_port.h"
#include "service/server/http_url.h"

namespace wriftai {

EngineOptions EngineOptionsFrom(const Config& config) {
  EngineOptions options;
  options.credentials = config.credentials;
  options.max_request_bytes =
      static_cast<size_t>(config.server.max_request_bytes);
  options.message_memory = static_cast<size_t>(config.message_memory);
  options.max_waits = static_cast<size_t>(config.max_waits);
  options.max_wait = config.max_wait;
  options.stream_grace =
      config.server.max_connection_age == absl::ZeroDuration()
          ? absl::InfiniteDuration()
          : config.server.max_connection_age_grace;
  options.upstream = config.upstream;
  options.rates = config.rates;
  options.cache = config.cache;
  options.webhooks = config.webhooks.feed;
  return options;
}

HttpOptions HttpOptionsFrom(const Config& config) {
  HttpOptions options;
  options.connect_timeout = config.connect_timeout;
  options.max_connections = static_cast<int>(config.max_connections);
  options.max_response_bytes = static_cast<size_t>(config.max_response_bytes);
  options.max_bodies_bytes =
      std::max(static_cast<size_t>(config.message_memory),
               2 * options.max_response_bytes);
  options.ca_file = config.api_ca_file;
  // Proxies are only for other hosts.
  const auto url = ParseHttpUrl(config.upstream.base_url);
  options.use_proxy_from_environment =
      url.has_value() && !IsLoopback(url->host);
  return options;
}

}  // namespace wriftai
