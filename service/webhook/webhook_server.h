#ifndef WRIFTAI_SERVICE_WEBHOOK_WEBHOOK_SERVER_H_
#define WRIFTAI_SERVICE_WEBHOOK_WEBHOOK_SERVER_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/listener_counters.h"
#include "upstream/webhook/http_request_reader.h"
#include "upstream/webhook/webhook_outcome.h"
#include "upstream/webhook/webhook_receiver.h"

namespace wriftai {

// Listens for webhooks. It is exposed to the internet, so each sender may use
// only bounded memory for a bounded time and must not block others. One thread
// reads all connections as their bytes arrive. At a limit, the oldest
// connection is evicted. A delivery takes milliseconds, so it is evicted only
// if the limit is reached within that time.
//
// Serves one request per connection, which rules out disagreement with a proxy
// about where the next request starts.
//
// It does not use civetweb, which needs a thread per connection and has no time
// limit for a body: as many slow senders as it has threads would block it.
//
// Threads: any; calls the receiver on its own thread. Owns: sockets and the
// thread; the destructor closes and joins them. Receiver and counters must
// outlive it. Fails: only Start().
class WebhookServer {
 public:
  struct Options {
    std::string listen_address;  // HOST:PORT.
    HttpRequestReader::Limits limits;
    // From accepting the connection to the last byte of the request. A delivery
    // of the maximum size needs 4 Mbit/s.
    absl::Duration request_timeout = absl::Seconds(10);
    // Each is a file descriptor.
    size_t max_connections = 2048;
    // Total memory for incomplete requests: sixteen of the maximum size.
    size_t max_held_bytes = 64 << 20;
  };

  // UNAVAILABLE if it cannot listen on the address.
  static absl::StatusOr<std::unique_ptr<WebhookServer>> Start(
      const Options& options, WebhookReceiver& receiver,
      WebhookCounters& counters, ListenerCounters& listener_counters);

  virtual ~WebhookServer() = default;

  // The port it listens on.
  virtual int port() const = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_WEBHOOK_WEBHOOK_SERVER_H_
