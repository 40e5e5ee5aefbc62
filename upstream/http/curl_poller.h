#ifndef WRIFTAI_UPSTREAM_HTTP_CURL_POLLER_H_
#define WRIFTAI_UPSTREAM_HTTP_CURL_POLLER_H_

#include <sys/epoll.h>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "absl/time/time.h"
#include "base/unique_fd.h"
#include "upstream/http/curl_handle.h"

namespace wriftai {

// Waits for the sockets and the timer of a multi handle, with one epoll set, so
// that a round costs what is ready: curl_multi_poll() and curl_multi_perform()
// look at every transfer in each round.
//
// libcurl starts to wait for a socket at each request and stops at the end of
// its response. Sockets of open connections stay in the set meanwhile, which
// saves two system calls per request.
//
// Threads: one; Wake() on any. `multi` must outlive it, and must not be used
// after it is destroyed except to remove handles and to clean up. Fails: the
// constructor ends the process if no descriptors are left.
class CurlPoller {
 public:
  explicit CurlPoller(CURLM* multi);
  ~CurlPoller();
  CurlPoller(const CurlPoller&) = delete;
  CurlPoller& operator=(const CurlPoller&) = delete;

  // Sleeps until a socket is ready, libcurl's timer is due, Wake() is called,
  // or `timeout` is over.
  void Wait(absl::Duration timeout);

  // Lets libcurl transfer data on the sockets that Wait() found ready, and
  // handle its timer if that is due.
  void Perform();

  // Ends the current Wait(), or else the next one. Any thread.
  void Wake();

  // `fd` is connected: it stays in the set while libcurl does not wait for it.
  void Keep(curl_socket_t fd) { sockets_[fd].is_kept = true; }

  // `fd` is about to be closed.
  void Forget(curl_socket_t fd);

 private:
  struct Socket {
    uint32_t events = 0;      // In the set for these; 0: not in it.
    bool is_awaited = false;  // By libcurl.
    bool is_kept = false;
  };

  // Sockets handled in a round. More stay ready for the next one.
  static constexpr size_t kMaxReady = 256;

  static int OnSocket(CURL* easy, curl_socket_t socket, int events, void* self,
                      void* known);
  static int OnTimer(CURLM* multi, CurlLong milliseconds, void* self);

  void SetEvents(curl_socket_t fd, uint32_t events);
  void Unwatch(curl_socket_t fd);
  void OnReady(curl_socket_t fd, uint32_t events);
  bool IsTimerDue() const;

  CURLM* const multi_;
  const UniqueFd epoll_;
  const UniqueFd wake_;
  std::array<epoll_event, kMaxReady> ready_;
  size_t ready_count_ = 0;
  bool has_error_ = false;  // A ready socket had an error.
  std::unordered_map<curl_socket_t, Socket> sockets_;
  std::optional<std::chrono::steady_clock::time_point> timer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_CURL_POLLER_H_
