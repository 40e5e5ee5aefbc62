#ifndef WRIFTAI_SERVICE_WEBHOOK_WEBHOOK_SERVER_H_
#define WRIFTAI_SERVICE_WEBHOOK_WEBHOOK_SERVER_H_

#include <any>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/http_server/http_server.h"
#include "base/listener_counters.h"
#include "service/webhook/delivery_outcome.h"
#include "upstream/webhook/webhook_receiver.h"

namespace wriftai {

// Listens for webhooks. It is exposed to the internet, so it relies on
// HttpServer's limits, serves one request per connection, and rejects what it
// can before the body arrives. A delivery takes milliseconds, so it is evicted
// only if a limit is reached within that time.
//
// Threads: any; calls the receiver on its own thread. Owns: the server.
// Receiver and counters must outlive it. Fails: only Start().
class WebhookServer final : private HttpHandler {
 public:
  struct Options {
    std::string listen_address;  // HOST:PORT.
    // From accepting the connection to the last byte of the response. A
    // delivery of the maximum size needs 4 Mbit/s.
    absl::Duration request_timeout = absl::Seconds(10);
    // Each is a file descriptor.
    size_t max_connections = 2048;
    // Total memory for incomplete requests: sixteen of the maximum size.
    size_t max_held_bytes = 64 << 20;
  };

  // UNAVAILABLE if it cannot listen on the address.
  static absl::StatusOr<std::unique_ptr<WebhookServer>> Start(
      const Options& options, WebhookReceiver& receiver,
      DeliveryCounters& counters, ListenerCounters& listener_counters);

  // The port it listens on.
  int port() const { return server_->port(); }

 private:
  WebhookServer(WebhookReceiver& receiver, DeliveryCounters& counters)
      : receiver_(receiver), counters_(counters) {}

  std::optional<ServerResponse> RejectHead(const HttpHead& head,
                                           std::any& context) override;
  void Handle(IncomingRequest request, HttpResponder responder) override;
  std::optional<ServerResponse> OnAbort(HttpFailure reason) override;

  // The response for `outcome`, which it counts.
  ServerResponse Count(DeliveryOutcome outcome);

  WebhookReceiver& receiver_;
  DeliveryCounters& counters_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_WEBHOOK_WEBHOOK_SERVER_H_
