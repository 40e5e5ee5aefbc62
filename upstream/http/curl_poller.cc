#include "upstream/http/curl_poller.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace wriftai {
namespace {

using Clock = std::chrono::steady_clock;

uint32_t EpollEvents(int curl_events) {
  uint32_t events = 0;
  if ((curl_events & CURL_POLL_IN) != 0) events |= EPOLLIN;
  if ((curl_events & CURL_POLL_OUT) != 0) events |= EPOLLOUT;
  return events;
}

// Errors are found by reading. libcurl would end a transfer for
// CURL_CSELECT_ERR alone, even if another one had the socket's number when this
// event was collected.
int CurlEvents(uint32_t epoll_events) {
  int events = 0;
  if ((epoll_events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
    events |= CURL_CSELECT_IN;
  }
  if ((epoll_events & EPOLLOUT) != 0) events |= CURL_CSELECT_OUT;
  return events;
}

// After a failed connection attempt, libcurl 7.88 tries the next address only
// when the transfer is run again, for which it sets no timer. This runs all of
// them; no other function runs one and reports its sockets. (Deprecated because
// of what it costs.)
void PerformAll(CURLM* multi) {
  int running = 0;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  curl_multi_socket_all(multi, &running);
#pragma GCC diagnostic pop
}

// Adds `fd` to the set, or changes the events it is watched for.
void Watch(int epoll, int fd, uint32_t events) {
  epoll_event event = {};
  event.events = events;
  event.data.fd = fd;
  if (epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0) return;
  if (errno == EEXIST && epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) == 0) {
    return;
  }
  // Out of memory, or of the user's watches: the transfer would never end.
  std::perror("cannot wait for a socket");
  std::abort();
}

}  // namespace

CurlPoller::CurlPoller(CURLM* multi)
    : multi_(multi),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (epoll_.get() < 0 || wake_.get() < 0) {
    std::perror("cannot start the HTTP client");
    std::abort();
  }
  Watch(epoll_.get(), wake_.get(), EPOLLIN);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, &CurlPoller::OnSocket);
  curl_multi_setopt(multi_, CURLMOPT_SOCKETDATA, this);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, &CurlPoller::OnTimer);
  curl_multi_setopt(multi_, CURLMOPT_TIMERDATA, this);
}

CurlPoller::~CurlPoller() {
  curl_multi_setopt(multi_, CURLMOPT_SOCKETFUNCTION, nullptr);
  curl_multi_setopt(multi_, CURLMOPT_TIMERFUNCTION, nullptr);
}

int CurlPoller::OnSocket(CURL*, curl_socket_t socket, int events, void* self,
                         void*) {
  static_cast<CurlPoller*>(self)->SetEvents(
      socket, events == CURL_POLL_REMOVE ? 0 : EpollEvents(events));
  return 0;
}

void CurlPoller::SetEvents(curl_socket_t fd, uint32_t events) {
  if (events == 0) return Unwatch(fd);
  Socket& socket = sockets_[fd];
  socket.is_awaited = true;
  // libcurl may have closed another socket with this number and not told.
  if (socket.is_kept && socket.events == events) return;
  Watch(epoll_.get(), fd, events);
  socket.events = events;
}

// libcurl 7.88 also calls this for sockets that it has closed, whose number may
// be another thread's. So the socket stays in the set until it is ready.
void CurlPoller::Unwatch(curl_socket_t fd) {
  const auto socket = sockets_.find(fd);
  if (socket == sockets_.end()) return;
  if (socket->second.is_kept) {
    socket->second.is_awaited = false;
  } else {
    Forget(fd);
  }
}

void CurlPoller::Forget(curl_socket_t fd) {
  sockets_.erase(fd);
  for (size_t i = 0; i < ready_count_; ++i) {
    if (ready_[i].data.fd == fd) ready_[i].data.fd = CURL_SOCKET_BAD;
  }
}

void CurlPoller::OnReady(curl_socket_t fd, uint32_t events) {
  const auto socket = sockets_.find(fd);
  if (socket == sockets_.end() || !socket->second.is_awaited) {
    // Unexpected data or a close, which would wake the loop until the next use;
    // or a socket that Unwatch() has left in the set.
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
    if (socket != sockets_.end()) socket->second.events = 0;
    return;
  }
  int running = 0;
  curl_multi_socket_action(multi_, fd, CurlEvents(events), &running);
  if ((events & EPOLLERR) != 0) has_error_ = true;
}

int CurlPoller::OnTimer(CURLM*, CurlLong milliseconds, void* self) {
  auto& timer = static_cast<CurlPoller*>(self)->timer_;
  if (milliseconds < 0) {
    timer.reset();
  } else {
    timer = Clock::now() + std::chrono::milliseconds(milliseconds);
  }
  return 0;
}

void CurlPoller::Wait(absl::Duration timeout) {
  if (timer_.has_value()) {
    timeout = std::min(timeout, absl::FromChrono(*timer_ - Clock::now()));
  }
  timeout = absl::Ceil(std::max(timeout, absl::ZeroDuration()),
                       absl::Milliseconds(1));
  const int count =
      epoll_wait(epoll_.get(), ready_.data(), static_cast<int>(kMaxReady),
                 static_cast<int>(absl::ToInt64Milliseconds(timeout)));
  ready_count_ = static_cast<size_t>(std::max(count, 0));
}

void CurlPoller::Perform() {
  for (size_t i = 0; i < ready_count_; ++i) {
    const epoll_event& event = ready_[i];
    if (event.data.fd == wake_.get()) {
      uint64_t wakeups = 0;
      static_cast<void>(read(wake_.get(), &wakeups, sizeof(wakeups)));
    } else if (event.data.fd != CURL_SOCKET_BAD) {
      OnReady(event.data.fd, event.events);
    }
  }
  ready_count_ = 0;
  if (IsTimerDue()) {
    timer_.reset();  // libcurl sets the next one.
    int running = 0;
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  }
  if (std::exchange(has_error_, false)) PerformAll(multi_);
}

bool CurlPoller::IsTimerDue() const {
  return timer_.has_value() && *timer_ <= Clock::now();
}

void CurlPoller::Wake() {
  const uint64_t one = 1;
  static_cast<void>(write(wake_.get(), &one, sizeof(one)));
}

}  // namespace wriftai
