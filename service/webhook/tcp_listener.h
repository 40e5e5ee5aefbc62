#ifndef WRIFTAI_SERVICE_WEBHOOK_TCP_LISTENER_H_
#define WRIFTAI_SERVICE_WEBHOOK_TCP_LISTENER_H_

#include <string>

#include "absl/status/statusor.h"
#include "upstream/core/unique_fd.h"

namespace wriftai {

struct TcpListener {
  UniqueFd socket;  // Does not block.
  int port = 0;     // The one that was picked.
};

// Listens on HOST:PORT; an IPv6 address stands in brackets, port 0 picks a free
// one. UNAVAILABLE: it cannot, and why.
absl::StatusOr<TcpListener> ListenOn(const std::string& address);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_WEBHOOK_TCP_LISTENER_H_
