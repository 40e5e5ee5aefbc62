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

PageThread* AdminServer::Find(const std::string& method,
                              const std::string& path) {
  const bool reads = method == "GET" || method == "HEAD";
  const auto page = pages_.find(reads ? path : absl::StrCat(method, " ", path));
  return page == pages_.end() ? nullptr : &page->second;
}

AdminServer::Response AdminServer::WrongMethod(const std::string& path) const {
  const bool puts = pages_.count(absl::StrCat("PUT ", path)) > 0;
  if (!puts && pages_.count(path) == 0) {
    return {404, absl::StrCat("available pages:\n", paths_)};
  }
  Response response{
      405, puts ? "expected GET, HEAD or PUT\n" : "expected GET or HEAD\n"};
  response.headers =
      puts ? "allow: GET, HEAD, PUT\r\n" : "allow: GET, HEAD\r\n";
  return response;
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
  const std::string path = target.substr(0, query_at);
  PageThread* const page = Find(request.head.method, path);
  if (page == nullptr) return respond(WrongMethod(path));
  // Browsers send it with each PUT, also to the page's own site: which may be
  // this server, to a browser that a hostile name server has sent here.
  if (request.head.method == "PUT" && !request.head.Values("origin").empty()) {
    return respond({403, "PUT is not for web pages: send it without origin\n"});
  }
  page->Request(std::move(responder), query_at == std::string::npos
                                          ? ""
                                          : target.substr(query_at + 1));
}

}  // namespace wriftai
