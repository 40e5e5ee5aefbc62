#include "service/server/grpc_listener.h"

#include <arpa/inet.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <system_error>
#include <utility>

#include "base/socket_address.h"
#include "base/steady_clock.h"
#include "spdlog/spdlog.h"

namespace wriftai {
namespace {

// Connections accepted per socket and turn.
constexpr int kBatch = 64;

// How long a new connection waits for an evicted one to close.
constexpr absl::Duration kMaxPendingTime = absl::Seconds(1);

// Reclaiming takes at most 1/10 of the thread's time.
constexpr absl::Duration kMinReclaimInterval = absl::Milliseconds(10);
constexpr int kReclaimShare = 10;

// Maximum age of the open connection count; below usual scrape intervals.
// Counting 2,048 takes about 1 ms.
constexpr absl::Duration kCountInterval = absl::Seconds(5);

// Keeps a flood of connections from flooding the log.
constexpr absl::Duration kRefusalLogInterval = absl::Minutes(1);

// The peer to limit: the IPv4 address, or the IPv6 /64 network, since one host
// usually controls all addresses of its /64.
std::string PeerOf(const sockaddr_storage& from) {
  if (IsIpv4(from)) return IpOf(from);
  sockaddr_storage network = from;
  in6_addr& address = reinterpret_cast<sockaddr_in6&>(network).sin6_addr;
  std::fill(address.s6_addr + 8, address.s6_addr + 16, uint8_t{0});
  return IpOf(network) + "/64";
}

// The address the socket listens on; IPv4 loopback if it is a wildcard.
sockaddr_storage LocalAddressOf(int listening) {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  getsockname(listening, reinterpret_cast<sockaddr*>(&address), &size);
  auto& v4 = reinterpret_cast<sockaddr_in&>(address);
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  const bool is_wildcard = address.ss_family == AF_INET
                               ? v4.sin_addr.s_addr == htonl(INADDR_ANY)
                               : IN6_IS_ADDR_UNSPECIFIED(&v6.sin6_addr);
  if (is_wildcard) {
    const in_port_t port = v4.sin_port;
    address = {};
    v4.sin_family = AF_INET;
    v4.sin_port = port;
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  }
  return address;
}

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcListener>> GrpcListener::Open(
    Options options, ListenerCounters& counters) {
  auto listener = ListenOn(options.address);
  if (!listener.ok()) return listener.status();
  // Accepted sockets inherit both options.
  for (const UniqueFd& socket : listener->sockets) {
    const int on = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    const auto timeout =
        static_cast<unsigned>(absl::ToInt64Milliseconds(options.user_timeout));
    setsockopt(socket.get(), IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout,
               sizeof(timeout));
  }
  std::unique_ptr<GrpcListener> opened(
      new GrpcListener(std::move(options), *std::move(listener), counters));
  if (opened->wake_.get() < 0 || opened->epoll_.get() < 0) {
    return absl::UnavailableError("no file descriptors left");
  }
  return opened;
}

GrpcListener::GrpcListener(Options options, TcpListener listener,
                           ListenerCounters& counters)
    : options_(std::move(options)),
      listener_(std::move(listener)),
      port_(listener_.port),
      local_address_(LocalAddressOf(listener_.sockets.front().get())),
      wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      epoll_(epoll_create1(EPOLL_CLOEXEC)),
      table_(options_.max_connections, options_.silence_timeout),
      counters_(counters) {
  counters_.limit = static_cast<int64_t>(options_.max_connections);
}

void GrpcListener::Start(OnConnection on_connection) {
  on_connection_ = std::move(on_connection);
  Watch(EPOLL_CTL_ADD, wake_.get(), EPOLLIN);
  for (const UniqueFd& socket : listener_.sockets) {
    Watch(EPOLL_CTL_ADD, socket.get(), EPOLLIN);
  }
  thread_ = std::thread([this] { Loop(); });
}

void GrpcListener::Stop() {
  if (thread_.joinable()) {
    stopping_ = true;
    eventfd_write(wake_.get(), 1);
    thread_.join();
  }
  listener_.sockets.clear();
}

void GrpcListener::Loop() {
  epoll_event events[kBatch];
  while (!stopping_) {
    const int count = epoll_wait(epoll_.get(), events, kBatch, WaitMs());
    if (paused_ && SteadyNow() >= resume_at_) {
      paused_ = false;
      for (const UniqueFd& socket : listener_.sockets) {
        Watch(EPOLL_CTL_MOD, socket.get(), EPOLLIN);
      }
      RetryPending();
    }
    if (count > 0 && !paused_) Accept();
    if (SteadyNow() >= next_count_at_) CountOpen();
  }
  pending_ = {};
}

// gRPC does not report closed connections, so they are counted periodically as
// long as there are any.
void GrpcListener::CountOpen() {
  const size_t open = table_.CountOpen();
  counters_.open = static_cast<int64_t>(open);
  next_count_at_ =
      open == 0 ? absl::InfiniteFuture() : SteadyNow() + kCountInterval;
}

int GrpcListener::WaitMs() const {
  const absl::Time until =
      paused_ ? std::min(resume_at_, next_count_at_) : next_count_at_;
  if (until == absl::InfiniteFuture()) return -1;
  const absl::Duration left =
      std::max(until - SteadyNow(), absl::ZeroDuration());
  return static_cast<int>(
      absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1))));
}

void GrpcListener::Accept() {
  for (const UniqueFd& listening : listener_.sockets) {
    for (int i = 0; i < kBatch; ++i) {
      sockaddr_storage from = {};
      socklen_t size = sizeof(from);
      UniqueFd socket(accept4(listening.get(),
                              reinterpret_cast<sockaddr*>(&from), &size,
                              SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (socket.get() < 0) {
        if (errno == EAGAIN) break;
        if (IsOutOfResources(errno)) return OnAcceptError(errno);
        continue;  // The client has already disconnected.
      }
      if (std::exchange(accept_fails_, false)) {
        spdlog::info("{} accepts connections again", options_.name);
      }
      HandleConnection(std::move(socket), from);
      if (paused_) return;
    }
  }
}

// Stops watching the listening sockets: they stay readable while connections
// are queued, which would spin the loop.
void GrpcListener::Pause(absl::Duration duration) {
  paused_ = true;
  resume_at_ = SteadyNow() + duration;
  for (const UniqueFd& socket : listener_.sockets) {
    Watch(EPOLL_CTL_MOD, socket.get(), 0);
  }
}

void GrpcListener::OnAcceptError(int error) {
  ++counters_.accept_errors;
  if (!std::exchange(accept_fails_, true)) {
    spdlog::error("{} cannot accept connections: {}; retrying", options_.name,
                  std::generic_category().message(error));
  }
  // Frees descriptors of closed and silent connections.
  table_.Reclaim(SteadyNow());
  Pause(absl::Milliseconds(kAcceptPauseMs));
}

void GrpcListener::HandleConnection(UniqueFd socket,
                                    const sockaddr_storage& from) {
  const int probe_port = probe_port_;
  if (probe_port != 0 && SocketPortOf(from) == probe_port) {
    probe_port_ = 0;
  } else {
    ++counters_.accepted;
    std::string peer = PeerOf(from);
    if (!AddWithReclaim(socket.get(), peer)) {
      if (!can_evict_) return Refuse(peer);
      pending_ = {std::move(socket), std::move(peer),
                  SteadyNow() + kMaxPendingTime};
      return Pause(next_reclaim_at_ - SteadyNow());
    }
  }
  counters_.open = static_cast<int64_t>(table_.size());
  next_count_at_ = std::min(next_count_at_, SteadyNow() + kCountInterval);
  // All listening sockets have the same options, so any of them will do.
  on_connection_(listener_.sockets.front().get(), socket.Release());
}

void GrpcListener::RetryPending() {
  if (pending_.socket.get() < 0) return;
  Pending pending = std::exchange(pending_, {});
  if (AddWithReclaim(pending.socket.get(), pending.peer)) {
    on_connection_(listener_.sockets.front().get(), pending.socket.Release());
  } else if (can_evict_ && SteadyNow() < pending.deadline) {
    pending_ = std::move(pending);
    Pause(next_reclaim_at_ - SteadyNow());
  } else {
    Refuse(pending.peer);
  }
}

bool GrpcListener::AddWithReclaim(int fd, const std::string& peer) {
  const absl::Time begin = SteadyNow();
  if (table_.Add(fd, peer, begin)) return true;
  if (begin < next_reclaim_at_) return false;
  const ConnectionTable::Reclaimed reclaimed = table_.Reclaim(begin);
  const absl::Time end = SteadyNow();
  next_reclaim_at_ =
      end + std::max(kMinReclaimInterval, (end - begin) * kReclaimShare);
  can_evict_ = reclaimed.closing + reclaimed.silent > 0;
  counters_.evicted += static_cast<int64_t>(reclaimed.shut_down);
  return table_.Add(fd, peer, end);
}

void GrpcListener::Refuse(const std::string& peer) {
  ++counters_.refused;
  const absl::Time now = SteadyNow();
  if (now < next_refusal_log_at_) return;
  next_refusal_log_at_ = now + kRefusalLogInterval;
  spdlog::warn(
      "{} refused a connection from {}: {} of at most {} are open, {} of them "
      "from this address; {} refused so far",
      options_.name, peer, table_.CountOpen(), options_.max_connections,
      table_.CountOpenOf(peer), counters_.refused.load());
}

void GrpcListener::Watch(int operation, int fd, uint32_t events) const {
  epoll_event event = {};
  event.events = events;
  event.data.fd = fd;
  epoll_ctl(epoll_.get(), operation, fd, &event);
}

}  // namespace wriftai
