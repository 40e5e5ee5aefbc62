#include "service/operator/operator_server.h"

#include <civetweb.h>

#include <mutex>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "upstream/core/shut_down_sockets.h"

namespace wriftai {
namespace {

// A scrape, the two probes, and a person.
constexpr char kThreads[] = "4";

// Connections that wait for a thread; more are refused by the system.
constexpr char kBacklog[] = "16";

void Write(mg_connection* connection, const OperatorServer::Reply& reply,
           bool with_body) {
  // Before what is left of a request's body would be read.
  mg_disable_connection_keep_alive(connection);
  std::string message =
      absl::StrCat("HTTP/1.1 ", reply.status, " ",
                   mg_get_response_code_text(connection, reply.status),
                   "\r\ncontent-type: ", reply.content_type,
                   "\r\ncontent-length: ", reply.body.size(),
                   "\r\ncache-control: no-store\r\nconnection: close\r\n",
                   reply.headers, "\r\n");
  if (with_body) message += reply.body;
  mg_write(connection, message.data(), message.size());
}

absl::Status CannotListen(const std::string& address) {
  // Debian builds civetweb without it.
  const bool lacks_ipv6 = absl::StrContains(address, '[') &&
                          mg_check_feature(MG_FEATURES_IPV6) == 0;
  return absl::UnavailableError(
      absl::StrCat("cannot listen on ", address,
                   lacks_ipv6 ? ": civetweb was built without IPv6" : ""));
}

class CivetwebOperatorServer final : public OperatorServer {
 public:
  explicit CivetwebOperatorServer(Pages pages) : pages_(std::move(pages)) {}

  ~CivetwebOperatorServer() override {
    if (context_ == nullptr) return;
    ShutDownSockets(port_, SocketKind::kListening);
    ShutDownSockets(port_, SocketKind::kConnected);
    mg_stop(context_);
  }

  absl::Status Listen(const std::string& address) {
    static std::once_flag once;
    std::call_once(once, [] { mg_init_library(0); });
    mg_callbacks callbacks = {};
    callbacks.begin_request = [](mg_connection* connection) {
      return static_cast<CivetwebOperatorServer*>(
                 mg_get_user_data(mg_get_context(connection)))
          ->Answer(connection);
    };
    callbacks.http_error = [](mg_connection* connection, int status,
                              const char*) {
      Write(connection,
            {status,
             absl::StrCat(mg_get_response_code_text(connection, status), "\n")},
            true);
      return 0;
    };
    callbacks.log_message = [](const mg_connection*, const char*) { return 1; };
    const std::string timeout = absl::StrCat(kRequestTimeoutMs);
    const char* settings[] = {"listening_ports",
                              address.c_str(),
                              "num_threads",
                              kThreads,
                              "request_timeout_ms",
                              timeout.c_str(),
                              "listen_backlog",
                              kBacklog,
                              "connection_queue",
                              kBacklog,
                              "decode_url",
                              "no",
                              "enable_auth_domain_check",
                              "no",
                              nullptr};
    context_ = mg_start(&callbacks, this, settings);
    mg_server_port port = {};
    if (context_ == nullptr || mg_get_server_ports(context_, 1, &port) < 1) {
      return CannotListen(address);
    }
    port_ = port.port;
    return absl::OkStatus();
  }

  int port() const override { return port_; }

 private:
  int Answer(mg_connection* connection) const {
    const mg_request_info* const request = mg_get_request_info(connection);
    const absl::string_view method = request->request_method;
    const auto page = pages_.find(request->request_uri);
    Reply reply;
    if (page == pages_.end()) {
      reply = NotFound();
    } else if (method != "GET" && method != "HEAD") {
      reply = {405, "wanted GET or HEAD\n"};
      reply.headers = "allow: GET, HEAD\r\n";
    } else {
      const char* const query = request->query_string;
      reply = page->second(query == nullptr ? "" : query);
    }
    Write(connection, reply, method != "HEAD");
    return reply.status;
  }

  Reply NotFound() const {
    Reply reply{404, "there are:\n"};
    for (const auto& [path, page] : pages_) {
      absl::StrAppend(&reply.body, path, "\n");
    }
    return reply;
  }

  const Pages pages_;
  mg_context* context_ = nullptr;
  int port_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<OperatorServer>> OperatorServer::Start(
    const std::string& listen_address, Pages pages) {
  auto server = std::make_unique<CivetwebOperatorServer>(std::move(pages));
  if (absl::Status status = server->Listen(listen_address); !status.ok()) {
    return status;
  }
  return server;
}

}  // namespace wriftai
