#ifndef WRIFTAI_UPSTREAM_HTTP_CONNECTION_STATS_H_
#define WRIFTAI_UPSTREAM_HTTP_CONNECTION_STATS_H_

#include <cstdint>

namespace wriftai {

// The connections of a ConnectionPool, for metrics. A value.
struct ConnectionStats {
  int64_t limit = 0;   // Maximum number of open connections.
  int64_t open = 0;    // With a connected socket.
  int64_t opened = 0;  // In total, each after its TLS handshake.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_CONNECTION_STATS_H_
