#include "sandbox/http_server.h"

#include <civetweb.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/host_port.h"
#include "base/shut_down_sockets.h"
#include "sandbox/tcp_relay.h"

namespace wriftai::sandbox {
namespace {

// The size of a read or write. Buffers are on the heap, because civetweb's
// threads have 100 kB of stack.
constexpr size_t kChunk = 64 << 10;

// A minute, a common default of load balancers.
constexpr char kIdleTimeoutMs[] = "60000";

// For a client that stalls within a request or response.
constexpr char kStallTimeoutMs[] = "30000";

// The system's default limit (net.core.somaxconn): a burst of clients waits
// instead of being refused.
constexpr char kBacklog[] = "4096";

void WriteAll(mg_connection* connection, absl::string_view data) {
  while (!data.empty()) {
    const size_t size = std::min(data.size(), kChunk);
    if (mg_write(connection, data.data(), size) <= 0) return;
    data.remove_prefix(size);
  }
}

// A JSON object of exactly `bytes` bytes.
void WriteHuge(mg_connection* connection, int64_t bytes) {
  constexpr absl::string_view kBegin = R"({"output":")";
  constexpr absl::string_view kEnd = R"("})";
  int64_t left = bytes - static_cast<int64_t>(kBegin.size() + kEnd.size());
  const std::string filler(kChunk, 'x');
  if (mg_write(connection, kBegin.data(), kBegin.size()) <= 0) return;
  while (left > 0) {
    const auto size = std::min(static_cast<size_t>(left), filler.size());
    if (mg_write(connection, filler.data(), size) <= 0) return;
    left -= static_cast<int64_t>(size);
  }
  WriteAll(connection, kEnd);
}

void WriteResponse(mg_connection* connection, const Response& response) {
  const bool whole = response.delivery == Delivery::kWhole;
  const bool huge = response.delivery == Delivery::kHuge;
  const bool close = response.close || response.delivery == Delivery::kCut ||
                     response.delivery == Delivery::kNone;
  if (close) mg_disable_connection_keep_alive(connection);
  if (response.delivery == Delivery::kNone) return;
  const int64_t length = huge ? response.huge_bytes
                         : whole
                             ? static_cast<int64_t>(response.body.size())
                             // Truncates even an empty body.
                             : static_cast<int64_t>(response.body.size()) + 2;
  std::string head = absl::StrCat(
      "HTTP/1.1 ", response.status, " ",
      mg_get_response_code_text(connection, response.status), "\r\n");
  for (const auto& [name, value] : response.headers) {
    absl::StrAppend(&head, name, ": ", value, "\r\n");
  }
  absl::StrAppend(&head, "content-length: ", length, "\r\n",
                  close ? "connection: close\r\n" : "", "\r\n");
  if (huge) {
    WriteAll(connection, head);
    return WriteHuge(connection, response.huge_bytes);
  }
  const size_t sent = whole ? response.body.size() : response.body.size() / 2;
  // Sends a small response in one write: one packet, one read of the client.
  absl::StrAppend(&head, response.body.substr(0, std::min(sent, kChunk)));
  WriteAll(connection, head);
  if (sent > kChunk) {
    WriteAll(connection,
             absl::string_view(response.body).substr(kChunk, sent - kChunk));
  }
}

void ReadBody(mg_connection* connection, int64_t limit, Request* request) {
  const mg_request_info* const info = mg_get_request_info(connection);
  request->oversized = info->content_length > limit;
  if (request->oversized) return;
  if (absl::EqualsIgnoreCase(request->Header("expect"), "100-continue")) {
    WriteAll(connection, "HTTP/1.1 100 Continue\r\n\r\n");
  }
  std::vector<char> chunk(kChunk);
  for (;;) {
    // civetweb blocks until it has read the requested size. One byte above the
    // limit is enough to detect an oversized body.
    const auto max_size = static_cast<size_t>(
        limit + 1 - static_cast<int64_t>(request->body.size()));
    const int size =
        mg_read(connection, chunk.data(), std::min(max_size, chunk.size()));
    if (size <= 0) {
      request->incomplete =
          size < 0 ||
          static_cast<int64_t>(request->body.size()) < info->content_length;
      return;
    }
    request->body.append(chunk.data(), static_cast<size_t>(size));
    if (static_cast<int64_t>(request->body.size()) > limit) {
      request->oversized = true;
      request->body.clear();
      return;
    }
  }
}

class CivetwebServer final : public HttpServer {
 public:
  CivetwebServer(const Options& options, HttpHandler* handler)
      : options_(options), handler_(handler) {}

  ~CivetwebServer() override {
    if (context_ == nullptr) return;
    stopping_ = true;
    relay_.reset();
    ShutDownSockets(port_, SocketKind::kListening);
    ShutDownSockets(port_, SocketKind::kConnected);
    mg_stop(context_);
  }

  absl::Status Listen() {
    const std::string host = HostOf(options_.listen_address);
    const bool needs_relay = host == "0.0.0.0" || absl::StrContains(host, ':');
    const std::string address =
        needs_relay ? "127.0.0.1:0" : options_.listen_address;
    static std::once_flag once;
    std::call_once(once, [] { mg_init_library(0); });
    mg_callbacks callbacks = {};
    callbacks.begin_request = &CivetwebServer::OnRequest;
    callbacks.http_error = &CivetwebServer::OnError;
    callbacks.log_message = [](const mg_connection*, const char*) { return 1; };
    const std::string workers = absl::StrCat(options_.workers);
    const char* settings[] = {"listening_ports",
                              address.c_str(),
                              "num_threads",
                              workers.c_str(),
                              "enable_keep_alive",
                              "yes",
                              "keep_alive_timeout_ms",
                              kIdleTimeoutMs,
                              "request_timeout_ms",
                              kStallTimeoutMs,
                              "tcp_nodelay",
                              "1",
                              "listen_backlog",
                              kBacklog,
                              "connection_queue",
                              workers.c_str(),
                              "decode_url",
                              "no",
                              "enable_auth_domain_check",
                              "no",
                              nullptr};
    context_ = mg_start(&callbacks, this, settings);
    mg_server_port port = {};
    if (context_ == nullptr || mg_get_server_ports(context_, 1, &port) < 1) {
      return absl::UnavailableError(
          absl::StrCat("cannot listen on ", options_.listen_address));
    }
    port_ = port.port;
    if (!needs_relay) return absl::OkStatus();
    auto relay = TcpRelay::Start(options_.listen_address, port_);
    if (!relay.ok()) return relay.status();
    relay_ = *std::move(relay);
    return absl::OkStatus();
  }

  int port() const override {
    return relay_ == nullptr ? port_ : relay_->port();
  }

 private:
  static CivetwebServer* Of(const mg_connection* connection) {
    return static_cast<CivetwebServer*>(
        mg_get_user_data(mg_get_context(connection)));
  }

  static int OnRequest(mg_connection* connection) {
    return Of(connection)->Respond(connection);
  }

  static int OnError(mg_connection* connection, int status, const char*) {
    Response response = Of(connection)->handler_->HandleMalformed(status);
    response.close = true;
    WriteResponse(connection, response);
    return 0;
  }

  int Respond(mg_connection* connection) {
    const mg_request_info* const info = mg_get_request_info(connection);
    Request request;
    request.method = info->request_method;
    request.path = info->request_uri;
    if (info->query_string != nullptr) request.query = info->query_string;
    request.peer = info->remote_addr;
    for (int i = 0; i < info->num_headers; ++i) {
      const mg_header& header = info->http_headers[i];
      request.headers.emplace_back(header.name, header.value);
    }
    ReadBody(connection, options_.max_body_bytes, &request);
    Response response;
    if (request.incomplete || stopping_) {
      response.delivery = Delivery::kNone;
    } else {
      response = handler_->Handle(request);
    }
    if (request.oversized) response.close = true;
    WriteResponse(connection, response);
    return response.status;
  }

  const Options options_;
  HttpHandler* const handler_;
  mg_context* context_ = nullptr;
  int port_ = 0;  // civetweb's.
  std::unique_ptr<TcpRelay> relay_;
  std::atomic<bool> stopping_{false};
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(
    const Options& options, HttpHandler* handler) {
  auto server = std::make_unique<CivetwebServer>(options, handler);
  if (absl::Status status = server->Listen(); !status.ok()) return status;
  return server;
}

}  // namespace wriftai::sandbox
