#include "service/webhook/webhook_server.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <iterator>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "base/steady_clock.h"
#include "base/tcp_listener.h"
#include "base/unique_fd.h"
#include "service/webhook/webhook_connection.h"

namespace wriftai {
namespace {

constexpr uint64_t kWakeId = 0;
constexpr uint64_t kListenerId = 1;
constexpr uint64_t kFirstId = 2;

// The number of events handled, and of connections accepted, before other work
// has its turn.
constexpr int kBatch = 64;

// How much is read from one connection before the others have their turn.
constexpr size_t kScratchBytes = 64 << 10;

class EpollWebhookServer final : public WebhookServer {
 public:
  EpollWebhookServer(const Options& options, TcpListener listener,
                     WebhookReceiver& receiver, WebhookCounters& counters,
                     ListenerCounters& listener_counters)
      : options_(options),
        listener_(std::move(listener)),
        receiver_(receiver),
        counters_(counters),
        listener_counters_(listener_counters),
        wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
        epoll_(epoll_create1(EPOLL_CLOEXEC)),
        scratch_(kScratchBytes) {
    listener_counters_.limit = static_cast<int64_t>(options.max_connections);
  }

  ~EpollWebhookServer() override {
    if (!thread_.joinable()) return;
    eventfd_write(wake_.get(), 1);
    thread_.join();
  }

  absl::Status Run() {
    bool watched = Watch(wake_.get(), EPOLLIN, kWakeId);
    for (const UniqueFd& socket : listener_.sockets) {
      watched &= Watch(socket.get(), EPOLLIN | EPOLLET, kListenerId);
    }
    if (!watched) {
      return absl::UnavailableError("cannot listen: no file descriptors left");
    }
    thread_ = std::thread([this] { Loop(); });
    return absl::OkStatus();
  }

  int port() const override { return listener_.port; }

 private:
  using Connections = std::map<uint64_t, WebhookConnection>;

  void Loop() {
    epoll_event events[kBatch];
    for (;;) {
      const int count = epoll_wait(epoll_.get(), events, kBatch, WaitMs());
      for (int i = 0; i < count; ++i) {
        const uint64_t id = events[i].data.u64;
        if (id == kWakeId) return;
        if (id == kListenerId) {
          accept_at_ = absl::InfinitePast();
        } else {
          OnReadable(id);
        }
      }
      if (accept_at_ <= SteadyNow()) Accept();
      CloseExpired();
    }
  }

  int WaitMs() const {
    absl::Time until = accept_at_;
    if (!connections_.empty()) {
      until = std::min(until, connections_.begin()->second.deadline());
    }
    if (until == absl::InfiniteFuture()) return -1;
    const absl::Duration left =
        std::max(until - SteadyNow(), absl::ZeroDuration());
    return static_cast<int>(
        absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1))));
  }

  // epoll is edge-triggered for the listener: if connections are left in the
  // queue, they must be accepted later without a new event.
  void Accept() {
    absl::Time next = absl::InfiniteFuture();
    for (const UniqueFd& socket : listener_.sockets) {
      next = std::min(next, AcceptSome(socket.get()));
    }
    accept_at_ = next;
  }

  // Returns when to accept again.
  absl::Time AcceptSome(int listening) {
    for (int i = 0; i < kBatch; ++i) {
      UniqueFd socket(
          accept4(listening, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (socket.get() >= 0) {
        Add(std::move(socket));
      } else if (errno == EAGAIN) {
        return absl::InfiniteFuture();
      } else if (IsOutOfResources(errno)) {
        ++listener_counters_.accept_errors;
        if (connections_.empty()) {
          return SteadyNow() + absl::Milliseconds(kAcceptPauseMs);
        }
        Evict(connections_.begin());
      }
    }
    return absl::InfinitePast();
  }

  void Add(UniqueFd socket) {
    if (connections_.size() >= options_.max_connections) {
      Evict(connections_.begin());
    }
    const uint64_t id = next_id_++;
    // If this fails, the connection is closed at its deadline.
    Watch(socket.get(), EPOLLIN, id);
    connections_.try_emplace(connections_.end(), id, std::move(socket),
                             SteadyNow() + options_.request_timeout,
                             options_.limits, receiver_, counters_);
    CountOpen();
  }

  void OnReadable(uint64_t id) {
    const auto found = connections_.find(id);
    if (found == connections_.end()) return;  // Evicted just now.
    WebhookConnection& connection = found->second;
    const size_t before = connection.held_bytes();
    const bool keep = connection.OnReadable(scratch_.data(), scratch_.size());
    held_bytes_ += connection.held_bytes() - before;
    if (!keep) return Close(found);
    for (auto oldest = connections_.begin();
         oldest != connections_.end() &&
         held_bytes_ > options_.max_held_bytes;) {
      const auto next = std::next(oldest);
      if (oldest->second.held_bytes() > 0) Evict(oldest);
      oldest = next;
    }
  }

  // All have the same timeout, so the oldest expire first.
  void CloseExpired() {
    const absl::Time now = SteadyNow();
    while (!connections_.empty() &&
           connections_.begin()->second.deadline() <= now) {
      Abort(connections_.begin(), WebhookOutcome::kTimedOut);
    }
  }

  void Evict(Connections::iterator connection) {
    ++listener_counters_.evicted;
    Abort(connection, WebhookOutcome::kEvicted);
  }

  void Abort(Connections::iterator connection, WebhookOutcome outcome) {
    const size_t before = connection->second.held_bytes();
    connection->second.Abort(outcome);
    held_bytes_ += connection->second.held_bytes() - before;
    Close(connection);
  }

  void Close(Connections::iterator connection) {
    held_bytes_ -= connection->second.held_bytes();
    connections_.erase(connection);
    CountOpen();
  }

  void CountOpen() {
    listener_counters_.open = static_cast<int64_t>(connections_.size());
  }

  bool Watch(int fd, uint32_t events, uint64_t id) {
    epoll_event event = {};
    event.events = events;
    event.data.u64 = id;
    return epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
  }

  const Options options_;
  const TcpListener listener_;
  WebhookReceiver& receiver_;
  WebhookCounters& counters_;
  ListenerCounters& listener_counters_;
  const UniqueFd wake_;
  const UniqueFd epoll_;

  // Only used by the thread while it runs.
  std::vector<char> scratch_;
  Connections connections_;  // Oldest first.
  uint64_t next_id_ = kFirstId;
  size_t held_bytes_ = 0;
  absl::Time accept_at_ = absl::InfiniteFuture();

  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<WebhookServer>> WebhookServer::Start(
    const Options& options, WebhookReceiver& receiver,
    WebhookCounters& counters, ListenerCounters& listener_counters) {
  auto listener = ListenOn(options.listen_address);
  if (!listener.ok()) return listener.status();
  auto server = std::make_unique<EpollWebhookServer>(
      options, *std::move(listener), receiver, counters, listener_counters);
  if (absl::Status status = server->Run(); !status.ok()) return status;
  return server;
}

}  // namespace wriftai
