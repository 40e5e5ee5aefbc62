#include "base/http_server/http_server.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdint>
#include <iterator>
#include <list>
#include <thread>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "base/http_server/http_connection.h"
#include "base/steady_clock.h"
#include "base/tcp_listener.h"
#include "base/unique_fd.h"

namespace wriftai {
namespace {

using State = HttpConnection::State;

constexpr uint64_t kWakeId = 0;
constexpr uint64_t kListenerId = 1;
constexpr uint64_t kFirstId = 2;

// The number of events handled, and of connections accepted, before other work
// has its turn.
constexpr int kBatch = 64;

// How much is read from one connection before the others have their turn.
constexpr size_t kScratchBytes = 64 << 10;

// A client that reads nothing of its response for this long may be evicted. It
// covers a round trip around the world, well below a kubelet's timeout of 1 s.
constexpr absl::Duration kStallTimeout = absl::Milliseconds(250);

class EpollHttpServer final : public HttpServer {
 public:
  EpollHttpServer(const Options& options, TcpListener listener,
                  HttpHandler& handler, ListenerCounters& counters)
      : options_(options),
        listener_(std::move(listener)),
        counters_(counters),
        responses_(std::make_shared<ResponseQueue>()),
        settings_{options.limits, options.timeout, options.keep_alive, &handler,
                  responses_},
        epoll_(epoll_create1(EPOLL_CLOEXEC)),
        scratch_(kScratchBytes) {
    counters_.limit = static_cast<int64_t>(options.max_connections);
  }

  ~EpollHttpServer() override {
    stopping_ = true;
    responses_->Wake();
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Run() {
    bool watching = Watch(EPOLL_CTL_ADD, responses_->fd(), EPOLLIN, kWakeId);
    for (const UniqueFd& socket : listener_.sockets) {
      watching &= Watch(EPOLL_CTL_ADD, socket.get(), EPOLLIN, kListenerId);
    }
    if (!watching) {
      return absl::UnavailableError("cannot listen: no file descriptors left");
    }
    thread_ = std::thread([this] { Loop(); });
    return absl::OkStatus();
  }

  int port() const override { return listener_.port; }

 private:
  using Connections = std::list<HttpConnection>;
  using Iterator = Connections::iterator;

  void Loop() {
    epoll_event events[kBatch];
    while (!stopping_) {
      const int count = epoll_wait(epoll_.get(), events, kBatch, WaitMs());
      for (int i = 0; i < count; ++i) {
        const uint64_t id = events[i].data.u64;
        if (id == kWakeId) {
          responses_->ClearWake();
        } else if (id == kListenerId) {
          if (!paused_) Accept();
        } else if (const auto found = by_id_.find(id);
                   found != by_id_.end() &&
                   found->second->state() != State::kProcessing) {
          OnReady(found->second);
        }
      }
      const bool responded = RespondAll();
      // A connection that has its response makes room for a waiting one.
      if (paused_ && (resume_at_ <= SteadyNow() ||
                      (responded && pending_socket_.get() >= 0))) {
        ResumeAccepting();
      }
      CloseExpired();
    }
    waiting_.clear();
    processing_.clear();
    counters_.open = 0;
  }

  // Milliseconds until the first deadline or the end of a pause.
  int WaitMs() const {
    absl::Time until = paused_ ? resume_at_ : absl::InfiniteFuture();
    if (!waiting_.empty()) until = std::min(until, waiting_.front().deadline());
    if (until == absl::InfiniteFuture()) return -1;
    const absl::Duration left =
        std::max(until - SteadyNow(), absl::ZeroDuration());
    return static_cast<int>(
        absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1))));
  }

  void Accept() {
    for (const UniqueFd& listening : listener_.sockets) {
      for (int i = 0; i < kBatch; ++i) {
        UniqueFd socket(accept4(listening.get(), nullptr, nullptr,
                                SOCK_NONBLOCK | SOCK_CLOEXEC));
        if (socket.get() >= 0) {
          ++counters_.accepted;
          if (!Add(socket)) {
            pending_socket_ = std::move(socket);
            return PauseAccepting();
          }
        } else if (errno == EAGAIN) {
          break;
        } else if (IsOutOfResources(errno)) {
          ++counters_.accept_errors;
          if (!EvictOne()) return PauseAccepting();
        }
      }
    }
  }

  // Stops watching the listening sockets: they stay readable while connections
  // are waiting, which would spin the loop.
  void PauseAccepting() {
    paused_ = true;
    resume_at_ = SteadyNow() + absl::Milliseconds(kAcceptPauseMs);
    for (const UniqueFd& socket : listener_.sockets) {
      Watch(EPOLL_CTL_MOD, socket.get(), 0, kListenerId);
    }
  }

  void ResumeAccepting() {
    if (pending_socket_.get() >= 0 && !Add(pending_socket_)) {
      return PauseAccepting();
    }
    paused_ = false;
    for (const UniqueFd& socket : listener_.sockets) {
      Watch(EPOLL_CTL_MOD, socket.get(), EPOLLIN, kListenerId);
    }
  }

  // False if the connection limit is reached; the caller then keeps `socket`.
  bool Add(UniqueFd& socket) {
    if (by_id_.size() >= options_.max_connections && !EvictOne()) return false;
    const uint64_t id = next_id_++;
    const auto added = waiting_.emplace(waiting_.end(), id, std::move(socket),
                                        SteadyNow(), settings_);
    by_id_.emplace(id, added);
    counters_.open = static_cast<int64_t>(by_id_.size());
    // epoll reports a reset even without being asked, so this must be one shot,
    // too: else it would spin the loop while the request is handled.
    if (!Watch(EPOLL_CTL_ADD, added->fd(), EPOLLONESHOT, id)) {
      Close(waiting_, added);
      return true;
    }
    // The request has often arrived already.
    OnReady(added);
    return true;
  }

  // Closes the most expendable connection. False if all are busy.
  bool EvictOne() {
    auto victim = Find(State::kLingering);
    while (victim == waiting_.end()) {
      victim = Find(State::kReading);
      if (victim == waiting_.end()) break;
      // Its request may have arrived without being read yet.
      const uint64_t id = victim->id();
      OnReady(victim);
      const auto found = by_id_.find(id);
      if (found == by_id_.end()) return true;
      victim = found->second;
      if (victim->state() == State::kReading) break;
      if (victim->state() != State::kLingering) victim = waiting_.end();
    }
    if (victim == waiting_.end()) {
      const absl::Time now = SteadyNow();
      victim =
          std::find_if(waiting_.begin(), waiting_.end(),
                       [now](const HttpConnection& connection) {
                         return connection.state() == State::kWriting &&
                                now - connection.progress_at() >= kStallTimeout;
                       });
    }
    if (victim == waiting_.end()) return false;
    Evict(victim);
    return true;
  }

  // The one in that state with the earliest deadline.
  Iterator Find(State state) {
    return std::find_if(waiting_.begin(), waiting_.end(),
                        [state](const HttpConnection& connection) {
                          return connection.state() == state;
                        });
  }

  void Evict(Iterator connection) {
    if (connection->state() != State::kLingering) ++counters_.evicted;
    connection->Abort(HttpFailure::kEvicted);
    Close(waiting_, connection);
  }

  void OnReady(Iterator connection) {
    const size_t held = connection->held_bytes();
    connection->OnReady(scratch_.data(), scratch_.size(), SteadyNow());
    held_bytes_ += connection->held_bytes() - held;
    Settle(waiting_, connection);
    for (auto oldest = waiting_.begin();
         oldest != waiting_.end() && held_bytes_ > options_.max_held_bytes;) {
      const auto next = std::next(oldest);
      if (oldest->held_bytes() > 0) Evict(oldest);
      oldest = next;
    }
  }

  // Returns whether there was a response.
  bool RespondAll() {
    bool any = false;
    for (auto ready = responses_->Take(); !ready.empty();
         ready = responses_->Take()) {
      for (auto& [id, response] : ready) {
        // The server closes no connection that waits for its response.
        const Iterator connection = by_id_.at(id);
        const size_t held = connection->held_bytes();
        connection->Respond(std::move(response), SteadyNow());
        // The next request may have arrived together with this one.
        held_bytes_ += connection->held_bytes() - held;
        Settle(processing_, connection);
        any = true;
      }
    }
    return any;
  }

  // Puts a connection from `list` where its new state belongs, and requests one
  // event for it; epoll reports no more until the next call.
  void Settle(Connections& list, Iterator connection) {
    const int fd = connection->fd();
    const uint64_t id = connection->id();
    switch (connection->state()) {
      case State::kProcessing:
        processing_.splice(processing_.end(), list, connection);
        return;
      case State::kClosed:
        return Close(list, connection);
      case State::kReading:
      case State::kLingering:
        Watch(EPOLL_CTL_MOD, fd, EPOLLIN | EPOLLONESHOT, id);
        break;
      case State::kWriting:
        Watch(EPOLL_CTL_MOD, fd, EPOLLOUT | EPOLLONESHOT, id);
        break;
    }
    const Iterator next = std::next(connection);
    if (&list == &waiting_ && (next == waiting_.end() ||
                               next->deadline() >= connection->deadline())) {
      return;
    }
    // A later deadline is usually the last of all.
    Iterator position = waiting_.end();
    while (position != waiting_.begin() &&
           std::prev(position)->deadline() > connection->deadline()) {
      --position;
    }
    waiting_.splice(position, list, connection);
  }

  void CloseExpired() {
    const absl::Time now = SteadyNow();
    while (!waiting_.empty() && waiting_.front().deadline() <= now) {
      waiting_.front().Abort(HttpFailure::kTimedOut);
      Close(waiting_, waiting_.begin());
    }
  }

  void Close(Connections& list, Iterator connection) {
    held_bytes_ -= connection->held_bytes();
    by_id_.erase(connection->id());
    list.erase(connection);
    counters_.open = static_cast<int64_t>(by_id_.size());
  }

  bool Watch(int operation, int fd, uint32_t events, uint64_t id) const {
    epoll_event event = {};
    event.events = events;
    event.data.u64 = id;
    return epoll_ctl(epoll_.get(), operation, fd, &event) == 0;
  }

  const Options options_;
  const TcpListener listener_;
  ListenerCounters& counters_;
  const std::shared_ptr<ResponseQueue> responses_;
  const HttpConnection::Settings settings_;
  const UniqueFd epoll_;
  std::atomic<bool> stopping_{false};

  // Used only by the thread while it runs.
  std::vector<char> scratch_;
  Connections waiting_;     // For the client. The first deadline first.
  Connections processing_;  // For their responses.
  absl::flat_hash_map<uint64_t, Iterator> by_id_;
  uint64_t next_id_ = kFirstId;
  size_t held_bytes_ = 0;
  bool paused_ = false;
  UniqueFd pending_socket_;  // Accepted; waits for a free slot.
  absl::Time resume_at_ = absl::InfinitePast();

  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<HttpServer>> HttpServer::Start(
    const Options& options, HttpHandler& handler, ListenerCounters& counters) {
  auto listener = ListenOn(options.listen_address);
  if (!listener.ok()) return listener.status();
  auto server = std::make_unique<EpollHttpServer>(options, *std::move(listener),
                                                  handler, counters);
  if (absl::Status status = server->Run(); !status.ok()) return status;
  return server;
}

}  // namespace wriftai
