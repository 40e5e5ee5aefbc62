#include "upstream/http/pooled_connection.h"

#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace wriftai {

PooledConnection::PooledConnection(std::string key, absl::Time now)
    : key_(std::move(key)), opened_at_(now), share_(curl_share_init()) {
  if (share_ == nullptr ||
      curl_share_setopt(share_.get(), CURLSHOPT_SHARE,
                        CURL_LOCK_DATA_CONNECT) != CURLSHE_OK) {
    std::abort();
  }
}

PooledConnection::~PooledConnection() = default;

void PooledConnection::Attach(CURL* easy) {
  CurlOptions set(easy);
  set.Pointer(CURLOPT_OPENSOCKETFUNCTION, &PooledConnection::OnOpen);
  set.Pointer(CURLOPT_OPENSOCKETDATA, this);
  set.Pointer(CURLOPT_CLOSESOCKETFUNCTION, &PooledConnection::OnClose);
  set.Pointer(CURLOPT_CLOSESOCKETDATA, this);
  set.Pointer(CURLOPT_SHARE, share_.get());
  if (!set.status().ok()) std::abort();
}

void PooledConnection::Detach(CURL* easy) {
  CurlOptions(easy).Pointer<CURLSH>(CURLOPT_SHARE, nullptr);
}

bool PooledConnection::BeginRequest(CURL* easy) {
  // A new connection may hold TLS session tickets, and one of HTTP/2 frames
  // that belong to no response.
  const bool unexpected = is_used_ && !is_multiplexed_ && HasInput(easy);
  is_used_ = true;
  return !unexpected;
}

// Whether the kernel or the TLS session holds input, or the connection's end.
bool PooledConnection::HasInput(CURL* easy) const {
  if (sockets_.size() != 1) return true;
  pollfd entry = {sockets_.front(), POLLIN, 0};
  if (poll(&entry, 1, 0) != 0) return true;
  curl_tlssessioninfo* tls = nullptr;
  curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &tls);
  return tls != nullptr && tls->backend == CURLSSLBACKEND_OPENSSL &&
         tls->internals != nullptr &&
         SSL_pending(static_cast<const SSL*>(tls->internals)) > 0;
}

curl_socket_t PooledConnection::OnOpen(void* self, curlsocktype,
                                       curl_sockaddr* address) {
  const int fd = socket(address->family, address->socktype | SOCK_CLOEXEC,
                        address->protocol);
  if (fd < 0) return CURL_SOCKET_BAD;
  static_cast<PooledConnection*>(self)->sockets_.push_back(fd);
  return fd;
}

int PooledConnection::OnClose(void* self, curl_socket_t socket) {
  auto* const connection = static_cast<PooledConnection*>(self);
  auto& sockets = connection->sockets_;
  sockets.erase(std::remove(sockets.begin(), sockets.end(), socket),
                sockets.end());
  if (sockets.empty()) {
    connection->is_used_ = false;
    connection->is_multiplexed_ = false;
  }
  return close(socket);
}

}  // namespace wriftai
