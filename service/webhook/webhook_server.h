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

// Listens for webhooks. The outside reaches it, so that no sender may cost more
// than a bounded piece of memory for a bounded time, and none may keep another
// from being heard: one thread reads all connections as their bytes come. Where
// a bound is reached, the connection that came first makes room; a delivery
// needs milliseconds, so that it is never the one, unless as many connections
// come within these.
//
// One request a connection: a sender's next delivery is a new connection, and
// what no parser has to tell apart cannot be told apart wrongly.
//
// It is not civetweb, which gives each connection a thread and reads a body
// without a limit in time as long as a byte comes now and then: so many slow
// senders as it has threads keep it from ever answering.
//
// Threads: any; the receiver is called on the listener's own. Owns: sockets and
// the thread; the destructor closes and joins them. Receiver and counters must
// outlive it. Fails: Start() alone.
class WebhookServer {
 public:
  struct Options {
    std::string listen_address;  // HOST:PORT.
    HttpRequestReader::Limits limits;
    // From the connection to the last byte of the request. A delivery of the
    // largest size needs 4 Mbit/s.
    absl::Duration request_timeout = absl::Seconds(10);
    // Each is a file descriptor.
    size_t max_connections = 2048;
    // What all together may hold of requests that are not whole yet: sixteen of
    // the largest.
    size_t max_held_bytes = 64 << 20;
  };

  // UNAVAILABLE if it cannot listen there.
  static absl::StatusOr<std::unique_ptr<WebhookServer>> Start(
      const Options& options, WebhookReceiver& receiver,
      WebhookCounters& counters, ListenerCounters& listener_counters);

  virtual ~WebhookServer() = default;

  // The port that it listens on.
  virtual int port() const = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_WEBHOOK_WEBHOOK_SERVER_H_
