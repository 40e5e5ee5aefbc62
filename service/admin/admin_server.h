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

// Serves pages to operators and their machines (Prometheus, a kubelet) over
// HTTP/1.1: GET and HEAD of a few fixed paths, one request per connection.
//
// A probe is answered beside any number of connections that say nothing, send
// slowly or never read: one thread reads all of them, each has
// Options::request_timeout in total, and at the limit a new connection takes
// the place of the one that has been silent longest. Each page has a thread of
// its own, so that /healthz does not wait for /metrics. Requests of one page
// that wait at the same time share one response.
//
// Threads: any; pages are called on the server's own threads, each page on one.
// Owns: sockets and threads; the destructor closes all connections and waits
// for pages that are being made. Fails: Start() alone.
class AdminServer {
 public:
  struct Response {
    int status = 200;
    std::string body;
    std::string content_type = "text/plain; charset=utf-8";
    std::string headers{};  // More of them, each with its line end.
  };
  // `query`: what follows the first "?" of the URL, as it was sent.
  using Page = std::function<Response(absl::string_view query)>;
  using Pages = std::map<std::string, Page>;  // By path.

  struct Options {
    // From accept to the last byte of the response. Prometheus by default gives
    // up after ten seconds, a kubelet after one.
    absl::Duration request_timeout = absl::Seconds(10);
    // Scrapes, probes and people need ten. Each takes a descriptor and at most
    // 8 KiB of a request.
    size_t max_connections = 256;
  };

  // Listens on HOST:PORT; port 0 picks a free one. UNAVAILABLE if it cannot.
  // `counters` must outlive the server.
  static absl::StatusOr<std::unique_ptr<AdminServer>> Start(
      const std::string& listen_address, const Pages& pages,
      const Options& options, ListenerCounters& counters);

  virtual ~AdminServer() = default;

  // The port that it listens on.
  virtual int port() const = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_ADMIN_SERVER_H_
