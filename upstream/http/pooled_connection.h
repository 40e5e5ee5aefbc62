#ifndef WRIFTAI_UPSTREAM_HTTP_POOLED_CONNECTION_H_
#define WRIFTAI_UPSTREAM_HTTP_POOLED_CONNECTION_H_

#include <curl/curl.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "upstream/http/curl_handle.h"
#include "upstream/http/curl_poller.h"

namespace wriftai {

// One connection to the upstream: a separate libcurl connection cache to which
// transfers are attached. This way the gateway, not libcurl, decides which
// transfers share a connection. CURLMOPT_MAX_HOST_CONNECTIONS of the multi
// handle is 1, so the cache never has more than one socket.
//
// Threads: one. Owns: cache and socket. Must outlive attached transfers. Fails:
// out of memory ends the process, as operator new does.
class PooledConnection {
 public:
  // `key`: see ConnectionPool::KeyOf(). `now`: EventLoop::Now(). `poller` waits
  // for the socket; `opened` counts the sockets that have connected. Both must
  // outlive this.
  PooledConnection(std::string key, absl::Time now, CurlPoller& poller,
                   int64_t& opened);
  ~PooledConnection();
  PooledConnection(const PooledConnection&) = delete;
  PooledConnection& operator=(const PooledConnection&) = delete;

  // Makes `easy` run on this connection, or on none. `easy` must not be in a
  // multi handle. Call Detach() before this object is destroyed.
  void Attach(CURL* easy);
  static void Detach(CURL* easy);

  // Call from CURLOPT_PREREQFUNCTION, when the request of `easy` is about to be
  // sent on the socket with that local address. False if data has arrived since
  // the last response: libcurl would take it for the response to this request.
  // Such a connection must not be used again (RFC 9112, section 9.2).
  bool BeginRequest(CURL* easy, absl::string_view local_ip, int local_port);

  // A response has been read completely. `is_multiplexed`: by HTTP/2.
  void EndResponse(bool is_multiplexed) { is_multiplexed_ = is_multiplexed; }

  const std::string& key() const { return key_; }
  absl::Time opened_at() const { return opened_at_; }
  // Whether it has a connected socket.
  bool is_open() const { return socket_ != CURL_SOCKET_BAD; }
  // Whether it takes more than one transfer at a time.
  bool is_multiplexed() const { return is_multiplexed_; }

 private:
  struct CleanUp {
    void operator()(CURLSH* share) const { curl_share_cleanup(share); }
  };

  bool HasInput(CURL* easy) const;
  void ResetSocket();
  static curl_socket_t OnOpen(void* self, curlsocktype purpose,
                              curl_sockaddr* address);
  static int OnClose(void* self, curl_socket_t socket);

  const std::string key_;
  const absl::Time opened_at_;
  CurlPoller& poller_;
  int64_t& opened_;
  // The connected socket. (CURLINFO_ACTIVESOCKET does not work with a shared
  // cache.)
  curl_socket_t socket_ = CURL_SOCKET_BAD;
  // The local address of `socket_`, as libcurl reports it.
  std::string local_ip_;
  int local_port_ = 0;
  bool is_multiplexed_ = false;
  // Sockets created since; one may become `socket_`. libcurl 7.88 closes
  // sockets that fail to connect without CURLOPT_CLOSESOCKETFUNCTION. So these
  // may be closed, and their numbers reused.
  std::vector<curl_socket_t> attempts_;
  // Last: closing the connection calls OnClose().
  std::unique_ptr<CURLSH, CleanUp> share_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_POOLED_CONNECTION_H_
