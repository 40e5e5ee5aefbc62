#include "service/webhook/webhook_server.h"

#include <utility>
#include <variant>

namespace wriftai {

using AcceptedHead = WebhookReceiver::AcceptedHead;

absl::StatusOr<std::unique_ptr<WebhookServer>> WebhookServer::Start(
    const Options& options, WebhookReceiver& receiver,
    DeliveryCounters& counters, ListenerCounters& listener_counters) {
  std::unique_ptr<WebhookServer> server(new WebhookServer(receiver, counters));
  HttpServer::Options http;
  http.listen_address = options.listen_address;
  http.timeout = options.request_timeout;
  http.max_connections = options.max_connections;
  http.max_held_bytes = options.max_held_bytes;
  auto started = HttpServer::Start(http, *server, listener_counters);
  if (!started.ok()) return started.status();
  server->server_ = *std::move(started);
  return server;
}

std::optional<ServerResponse> WebhookServer::RejectHead(const HttpHead& head,
                                                        std::any& context) {
  auto accepted = receiver_.AcceptHead(
      head.method, head.target, head.Values(kWebhookSignatureHeader),
      !head.Values(kWebhookForwardedHeader).empty());
  if (const auto* const rejection = std::get_if<WebhookOutcome>(&accepted)) {
    return Count(*rejection);
  }
  context = std::get<AcceptedHead>(std::move(accepted));
  return std::nullopt;
}

void WebhookServer::Handle(IncomingRequest request, HttpResponder responder) {
  if (request.failure.has_value()) {
    return responder.Respond(Count(*request.failure));
  }
  const auto& head = std::any_cast<const AcceptedHead&>(request.context);
  responder.Respond(Count(receiver_.Receive(head, request.body)));
}

std::optional<ServerResponse> WebhookServer::OnAbort(HttpFailure reason) {
  return Count(reason);
}

ServerResponse WebhookServer::Count(DeliveryOutcome outcome) {
  counters_.Add(outcome);
  ServerResponse response;
  response.status = outcome.http_status();
  // RFC 9110, section 15.5.6, requires it.
  if (response.status == 405) response.headers = "allow: POST\r\n";
  return response;
}

}  // namespace wriftai
