#include "service/admin/admin_server.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace wriftai {

AdminServer::AdminServer(const Pages& pages) {
  for (const auto& [path, page] : pages) {
    absl::StrAppend(&paths_, path, "\n");
    pages_.try_emplace(path, page);
  }
}

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(
    const std::string& listen_address, const Pages& pages,
    const Options& options, ListenerCounters& counters) {
  std::unique_ptr<AdminServer> server(new AdminServer(pages));
  HttpServer::Options http;
  http.listen_address = listen_address;
  http.limits.max_body_bytes = 0;  // Pages ignore bodies.
  http.timeout = options.request_timeout;
  http.max_connections = options.max_connections;
  auto started = HttpServer::Start(http, *server, counters);
  if (!started.ok()) return started.status();
  server->server_ = *std::move(started);
  return server;
}

void AdminServer::Handle(IncomingRequest request, HttpResponder responder) {
  const auto respond = [&responder](Response response) {
    responder.Respond(std::move(response).ToHttp());
  };
  const std::string& target = request.head.target;
  // Empty without a valid head. A body is not read, and does not matter.
  if (target.empty() || target.front() != '/') {
    return respond({400, "Bad Request\n"});
  }
  const size_t query_at = target.find('?');
  const auto page = pages_.find(target.substr(0, query_at));
  if (page == pages_.end()) {
    return respond({404, absl::StrCat("available pages:\n", paths_)});
  }
  if (request.head.method != "GET" && request.head.method != "HEAD") {
    Response response{405, "expected GET or HEAD\n"};
    response.headers = "allow: GET, HEAD\r\n";
    return respond(std::move(response));
  }
  page->second.Request(std::move(responder), query_at == std::string::npos
                                                 ? ""
                                                 : target.substr(query_at + 1));
}

}  // namespace wriftai
