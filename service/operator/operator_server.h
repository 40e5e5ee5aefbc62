#ifndef WRIFTAI_SERVICE_OPERATOR_OPERATOR_SERVER_H_
#define WRIFTAI_SERVICE_OPERATOR_OPERATOR_SERVER_H_

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace wriftai {

// Serves pages to operators and their machines (Prometheus, a kubelet) over
// HTTP/1.1: GET and HEAD of a few fixed paths. One request a connection, since
// civetweb gives each a thread and there are few: they ask once in seconds.
//
// It is for the inside: some slow clients keep the others waiting, each for
// kRequestTimeoutMs at the most.
//
// Threads: any; pages are asked for on the server's own, several at once. Owns:
// sockets and threads; the destructor closes all connections and waits for the
// pages that are being made. Fails: Start() alone.
class OperatorServer {
 public:
  struct Reply {
    int status = 200;
    std::string body;
    std::string content_type = "text/plain; charset=utf-8";
    std::string headers{};  // More of them, each with its line's end.
  };
  // `query`: what follows the first "?" of the URL, as it was sent.
  using Page = std::function<Reply(absl::string_view query)>;
  using Pages = std::map<std::string, Page>;  // By path.

  // Prometheus by default gives up after ten seconds, a kubelet after one.
  static constexpr int kRequestTimeoutMs = 10'000;

  // Listens on HOST:PORT; port 0 picks a free one. UNAVAILABLE if it cannot.
  static absl::StatusOr<std::unique_ptr<OperatorServer>> Start(
      const std::string& listen_address, Pages pages);

  virtual ~OperatorServer() = default;

  // The port that it listens on.
  virtual int port() const = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_OPERATOR_OPERATOR_SERVER_H_
