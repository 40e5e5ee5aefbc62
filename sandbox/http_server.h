#ifndef WRIFTAI_SANDBOX_HTTP_SERVER_H_
#define WRIFTAI_SANDBOX_HTTP_SERVER_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "sandbox/http_message.h"

namespace wriftai::sandbox {

// Handles requests.
//
// Threads: any, concurrently. Fails: only through responses.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  virtual Response Handle(const Request& request) = 0;

  // Returns the response to input that is not an HTTP request, or whose headers
  // are too large. `status` is the server's suggestion.
  virtual Response HandleMalformed(int status) = 0;
};

// An HTTP/1.1 server with keep-alive. The only user of civetweb in the
// sandbox.
//
// Threads: any. Owns: the sockets and threads. The destructor closes all
// connections and waits for every Handle() to return; a blocked one must be
// released before. `handler` must outlive it. Fails: only Start().
class HttpServer {
 public:
  struct Options {
    std::string listen_address;  // Host and port.
    int64_t workers = 1;
    int64_t max_body_bytes = 64 << 20;
  };

  // UNAVAILABLE if it cannot listen there.
  static absl::StatusOr<std::unique_ptr<HttpServer>> Start(
      const Options& options, HttpHandler* handler);

  virtual ~HttpServer() = default;

  // The listening port.
  virtual int port() const = 0;
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_HTTP_SERVER_H_
