#ifndef WRIFTAI_BASE_HTTP_SERVER_HTTP_SERVER_H_
#define WRIFTAI_BASE_HTTP_SERVER_HTTP_SERVER_H_

#include <cstddef>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/http_server/http_handler.h"
#include "base/http_server/http_request_reader.h"
#include "base/listener_counters.h"

namespace wriftai {

// An HTTP/1.1 server on one thread, for the admin pages, webhooks and the
// sandbox. A client may use only bounded memory for a bounded time, and never
// blocks others, no matter how slow or silent it is.
//
// At the connection limit, and when the process runs out of file descriptors, a
// new connection evicts the most expendable one: one that has its response,
// else the one that has been silent longest, else one that does not read its
// response. A request that is being handled is never evicted. If all are, new
// connections wait.
//
// Threads: any; calls the handler on its own thread. Owns: sockets and the
// thread; the destructor closes and joins them. Handler and counters must
// outlive it. Fails: only Start().
class HttpServer {
 public:
  struct Options {
    std::string listen_address;  // HOST:PORT; port 0 picks a free one.
    HttpRequestReader::Limits limits;
    // How long a client may take for a request and its response in total: from
    // accepting the connection to the last byte of the response, without the
    // handler's time. Later requests of the connection begin with their first
    // byte; it may be idle for as long in between.
    absl::Duration timeout = absl::Seconds(10);
    // Each is a file descriptor.
    size_t max_connections = 256;
    // Total memory for incomplete requests. Above it, the oldest connection
    // that holds any is evicted.
    size_t max_held_bytes = 64 << 20;
    // Serves several requests per connection. One request per connection rules
    // out disagreement with a proxy about where the next one starts.
    bool keep_alive = false;
  };

  // UNAVAILABLE if it cannot listen on the address.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(
      const Options& options, HttpHandler& handler, ListenerCounters& counters);

  virtual ~HttpServer() = default;

  // The port it listens on.
  virtual int port() const = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_BASE_HTTP_SERVER_HTTP_SERVER_H_
