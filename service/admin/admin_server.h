#ifndef WRIFTAI_SERVICE_ADMIN_ADMIN_SERVER_H_
#define WRIFTAI_SERVICE_ADMIN_ADMIN_SERVER_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/listener_counters.h"

namespace wriftai {

// Serves pages to people, Prometheus and kubelets over HTTP/1.1: GET and HEAD
// of a few fixed paths, one request per connection.
//
// Probes get a response regardless of how many connections are silent, slow or
// never read. One thread serves all connections, each limited to
// Options::request_timeout in total. At the connection limit, a new connection
// evicts the one that has been silent longest. Each page has its own thread, so
// /healthz does not wait for /metrics. Concurrent requests for a page share one
// response.
//
// Threads: any; each page is called on its own thread. Owns: sockets and
// threads; the destructor closes all connections and waits for running pages.
// Fails: only Start().
class AdminServer {
 public:
  struct Response {
    int status = 200;
    std::string body;
    std::string content_type = "text/plain; charset=utf-8";
    std::string headers{};  // Additional headers, each ending in CRLF.
  };
  // `query`: what follows the first "?" of the URL, verbatim.
  using Page = std::function<Response(absl::string_view query)>;
  using Pages = std::map<std::string, Page>;  // By path.

  struct Options {
    // From accept to the last byte of the response. By default Prometheus times
    // out after 10 s, a kubelet after 1 s.
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

  virtual ~AdminServer() = default;

  // The listening port.
  virtual int port() const = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_ADMIN_SERVER_H_
