#include "upstream/http/curl_poller.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

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

void CurlPoller::SetEvents(curl_socket_t socket, uint32_t events) {
  const auto kept = kept_.find(socket);
  if (kept == kept_.end()) {
    if (events != 0) return Watch(epoll_.get(), socket, events);
    // Fails for a socket that is already closed, which has left the set.
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket, nullptr);
    return;
  }
  kept->second.is_awaited = events != 0;
  if (events == 0 || events == kept->second.events) return;
  Watch(epoll_.get(), socket, events);
  kept->second.events = events;
}

// The socket may be in the set already; Watch() accepts that.
void CurlPoller::Keep(curl_socket_t socket) { kept_[socket] = Kept(); }

void CurlPoller::OnReady(curl_socket_t socket, uint32_t events) {
  const auto kept = kept_.find(socket);
  if (kept != kept_.end() && !kept->second.is_awaited) {
    // Unexpected data or a close, which would wake the loop until the next use.
    epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, socket, nullptr);
    kept->second.events = 0;
    return;
  }
  int running = 0;
  // libcurl ignores sockets that it does not wait for.
  curl_multi_socket_action(multi_, socket, CurlEvents(events), &running);
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
    } else {
      OnReady(event.data.fd, event.events);
    }
  }
  ready_count_ = 0;
  if (IsTimerDue()) {
    timer_.reset();  // libcurl sets the next one.
    int running = 0;
    curl_multi_socket_action(multi_, CURL_SOCKET_TIMEOUT, 0, &running);
  }
}

bool CurlPoller::IsTimerDue() const {
  return timer_.has_value() && *timer_ <= Clock::now();
}

void CurlPoller::Wake() {
  const uint64_t one = 1;
  static_cast<void>(write(wake_.get(), &one, sizeof(one)));
}

}  // namespace wriftai
