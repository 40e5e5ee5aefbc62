#include "upstream/http/pooled_connection.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace wriftai {
namespace {

// Whether `socket` is bound to that address. `ip`: as formatted by inet_ntop().
bool IsAt(curl_socket_t socket, absl::string_view ip, int port) {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  auto* const any = reinterpret_cast<sockaddr*>(&address);
  if (getsockname(socket, any, &size) != 0) return false;
  char text[INET6_ADDRSTRLEN] = {};
  if (address.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
    inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof(text));
    return ntohs(v6.sin6_port) == port && ip == text;
  }
  const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
  inet_ntop(AF_INET, &v4.sin_addr, text, sizeof(text));
  return ntohs(v4.sin_port) == port && ip == text;
}

}  // namespace

PooledConnection::PooledConnection(std::string key, absl::Time now,
                                   CurlPoller& poller, int64_t& opened)
    : key_(std::move(key)),
      opened_at_(now),
      poller_(poller),
      opened_(opened),
      share_(curl_share_init()) {
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

bool PooledConnection::BeginRequest(CURL* easy, absl::string_view local_ip,
                                    int local_port) {
  if (is_open() && local_port == local_port_ && local_ip == local_ip_) {
    // An HTTP/2 connection may receive frames that belong to no response.
    return is_multiplexed_ || !HasInput(easy);
  }
  ResetSocket();
  const auto made = std::find_if(
      attempts_.begin(), attempts_.end(),
      [&](curl_socket_t socket) { return IsAt(socket, local_ip, local_port); });
  if (made == attempts_.end()) return false;
  socket_ = *made;
  ++opened_;
  poller_.Keep(socket_);
  local_ip_ = std::string(local_ip);
  local_port_ = local_port;
  attempts_.clear();
  // A new connection may hold TLS session tickets.
  return true;
}

// Whether the kernel or the TLS session has input, or the connection was
// closed.
bool PooledConnection::HasInput(CURL* easy) const {
  pollfd entry = {socket_, POLLIN, 0};
  if (poll(&entry, 1, 0) != 0) return true;
  curl_tlssessioninfo* tls = nullptr;
  curl_easy_getinfo(easy, CURLINFO_TLS_SSL_PTR, &tls);
  return tls != nullptr && tls->backend == CURLSSLBACKEND_OPENSSL &&
         tls->internals != nullptr &&
         SSL_pending(static_cast<const SSL*>(tls->internals)) > 0;
}

void PooledConnection::ResetSocket() {
  socket_ = CURL_SOCKET_BAD;
  is_multiplexed_ = false;
}

curl_socket_t PooledConnection::OnOpen(void* self, curlsocktype,
                                       curl_sockaddr* address) {
  const int fd = socket(address->family, address->socktype | SOCK_CLOEXEC,
                        address->protocol);
  if (fd < 0) return CURL_SOCKET_BAD;
  static_cast<PooledConnection*>(self)->attempts_.push_back(fd);
  return fd;
}

int PooledConnection::OnClose(void* self, curl_socket_t socket) {
  auto* const connection = static_cast<PooledConnection*>(self);
  auto& attempts = connection->attempts_;
  attempts.erase(std::remove(attempts.begin(), attempts.end(), socket),
                 attempts.end());
  if (connection->socket_ == socket) connection->ResetSocket();
  connection->poller_.Forget(socket);
  return close(socket);
}

}  // namespace wriftai
