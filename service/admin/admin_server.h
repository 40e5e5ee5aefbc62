#ifndef WRIFTAI_SERVICE_ADMIN_ADMIN_SERVER_H_
#define WRIFTAI_SERVICE_ADMIN_ADMIN_SERVER_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/http_server/http_server.h"
#include "base/listener_counters.h"
#include "service/admin/page_thread.h"

namespace wriftai {

// Serves pages to people, Prometheus and kubelets over HTTP/1.1: GET and HEAD
// of a few fixed paths, and PUT where a page has it, one request per
// connection.
//
// Probes get a response regardless of how many connections are silent, slow or
// never read: see HttpServer. Each page has its own thread, so /healthz does
// not wait for /metrics. Concurrent requests for a page share one response.
//
// Threads: any; each page is called on its own thread. Owns: sockets and
// threads; the destructor closes all connections and waits for running pages.
// Fails: only Start().
class AdminServer final : private HttpHandler {
 public:
  using Response = PageResponse;
  // By path, such as "/healthz"; "PUT /log_level" takes PUT only.
  using Pages = std::map<std::string, Page>;

  struct Options {
    // From accept to the last byte of the response, without the page's time. By
    // default Prometheus times out after 10 s, a kubelet after 1 s.
    absl::Duration request_timeout = absl::Seconds(10);
    // Scrapes, probes and people need about ten. Each takes one descriptor and
    // at most 8 KiB for the request.
    size_t max_connections = 256;
  };

  // Listens on HOST:PORT; port 0 picks a free one. UNAVAILABLE if that fails.
  // `counters` must outlive the server.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(
      const std::string& listen_address, const Pages& pages,
      const Options& options, ListenerCounters& counters);

  // The listening port.
  int port() const { return server_->port(); }

 private:
  explicit AdminServer(const Pages& pages);

  void Handle(IncomingRequest request, HttpResponder responder) override;

  PageThread* Find(const std::string& method, const std::string& path);
  Response WrongMethod(const std::string& path) const;

  std::string paths_;  // One per line.
  // The server first stops calling Handle(), then the threads end. Responses
  // that come in between are dropped.
  std::map<std::string, PageThread> pages_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_ADMIN_SERVER_H_
