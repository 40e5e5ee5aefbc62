#ifndef WRIFTAI_UPSTREAM_HTTP_POOLED_CONNECTION_H_
#define WRIFTAI_UPSTREAM_HTTP_POOLED_CONNECTION_H_

#include <curl/curl.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "upstream/http/curl_handle.h"

namespace wriftai {

// One connection to the upstream: a libcurl connection cache of its own, to
// which transfers are attached, so that who shares a connection is decided here
// and not by libcurl. CURLMOPT_MAX_HOST_CONNECTIONS of the multi handle is 1,
// so that there is never more than one socket in it.
//
// Threads: one. Owns: cache and socket. Must outlive the transfers that are
// attached to it. Fails: out of memory ends the process, as operator new does.
class PooledConnection {
 public:
  // `key`: who may use it. `now` of EventLoop::Now()'s clock.
  PooledConnection(std::string key, absl::Time now);
  ~PooledConnection();
  PooledConnection(const PooledConnection&) = delete;
  PooledConnection& operator=(const PooledConnection&) = delete;

  // Lets `easy`, which is in no multi handle, run on this connection, or on
  // none. Detach() before this object goes.
  void Attach(CURL* easy);
  static void Detach(CURL* easy);

  // To be called from CURLOPT_PREREQFUNCTION: the request of `easy` is about
  // to be sent, by the socket with that local address. False where something
  // has arrived since the last response: it would be taken for the answer to
  // this request. Such a connection must not be used again (RFC 9112, section
  // 9.2).
  bool BeginRequest(CURL* easy, absl::string_view local_ip, int local_port);

  // A response has been read whole. `is_multiplexed`: of HTTP/2.
  void EndResponse(bool is_multiplexed) { is_multiplexed_ = is_multiplexed; }

  const std::string& key() const { return key_; }
  absl::Time opened_at() const { return opened_at_; }
  // Whether it has a socket that carries requests.
  bool is_open() const { return socket_ != CURL_SOCKET_BAD; }
  // Whether it takes more than one transfer at a time.
  bool is_multiplexed() const { return is_multiplexed_; }

 private:
  struct CleanUp {
    void operator()(CURLSH* share) const { curl_share_cleanup(share); }
  };

  bool HasInput(CURL* easy) const;
  void ForgetSocket();
  static curl_socket_t OnOpen(void* self, curlsocktype purpose,
                              curl_sockaddr* address);
  static int OnClose(void* self, curl_socket_t socket);

  const std::string key_;
  const absl::Time opened_at_;
  // What carries requests. (CURLINFO_ACTIVESOCKET knows none of a shared
  // cache.)
  curl_socket_t socket_ = CURL_SOCKET_BAD;
  bool is_multiplexed_ = false;
  // Sockets made since, one of which may become `socket_`. libcurl 7.88 closes
  // one that does not get connected without CURLOPT_CLOSESOCKETFUNCTION: these
  // may be closed, and their numbers others' already.
  std::vector<curl_socket_t> attempts_;
  // Last: closing the connection calls OnClose().
  std::unique_ptr<CURLSH, CleanUp> share_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_POOLED_CONNECTION_H_
