#include "service/admin/admin_server.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/mutex.h"
#include "base/steady_clock.h"
#include "base/tcp_listener.h"
#include "base/unique_fd.h"
#include "service/admin/admin_connection.h"
#include "service/admin/page_thread.h"

namespace wriftai {
namespace {

using State = AdminConnection::State;

constexpr uint64_t kWakeId = 0;
constexpr uint64_t kListenerId = 1;
constexpr uint64_t kFirstId = 2;

// Events handled, or connections accepted, per turn.
constexpr int kBatch = 64;

// A client that reads nothing of its response for this long may be evicted. It
// covers a round trip around the world, well below a kubelet's timeout of 1 s.
constexpr absl::Duration kStallTimeout = absl::Milliseconds(250);

class EpollAdminServer final : public AdminServer {
 public:
  EpollAdminServer(TcpListener listener, const Pages& pages,
                   const Options& options, ListenerCounters& counters)
      : options_(options),
        listener_(std::move(listener)),
        counters_(counters),
        wake_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
        epoll_(epoll_create1(EPOLL_CLOEXEC)) {
    counters_.limit = static_cast<int64_t>(options.max_connections);
    for (const auto& [path, page] : pages) {
      absl::StrAppend(&paths_, path, "\n");
      pages_.try_emplace(path, page,
                         [this](const std::vector<uint64_t>& ids,
                                const PageThread::SharedResponse& response) {
                           Post(ids, response);
                         });
    }
  }

  ~EpollAdminServer() override {
    stopping_ = true;
    Wake();
    if (thread_.joinable()) thread_.join();
  }

  absl::Status Run() {
    bool watching = Watch(EPOLL_CTL_ADD, wake_.get(), EPOLLIN, kWakeId);
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
  using Connections = std::map<uint64_t, AdminConnection>;
  using Rendered = std::pair<std::vector<uint64_t>, PageThread::SharedResponse>;

  void Loop() {
    epoll_event events[kBatch];
    while (!stopping_) {
      const int count = epoll_wait(epoll_.get(), events, kBatch, WaitMs());
      for (int i = 0; i < count; ++i) {
        const uint64_t id = events[i].data.u64;
        if (id == kWakeId) {
          RespondAll();
        } else if (id != kListenerId) {
          const auto found = connections_.find(id);
          if (found != connections_.end()) OnReady(found);
        } else if (accept_at_ <= SteadyNow()) {
          Accept();
        }
      }
      if (accept_at_ <= SteadyNow()) ResumeAccepting();
      CloseExpired();
    }
    connections_.clear();
    counters_.open = 0;
  }

  // Milliseconds until the first deadline or the end of a pause.
  int WaitMs() const {
    absl::Time until = paused_ ? accept_at_ : absl::InfiniteFuture();
    for (const auto& [id, connection] : connections_) {
      if (connection.state() == State::kProcessing) continue;
      until = std::min(until, connection.deadline());
      break;  // All have the same timeout, so the oldest expires first.
    }
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
    accept_at_ = SteadyNow() + absl::Milliseconds(kAcceptPauseMs);
    for (const UniqueFd& socket : listener_.sockets) {
      Watch(EPOLL_CTL_MOD, socket.get(), 0, kListenerId);
    }
  }

  void ResumeAccepting() {
    if (!paused_) return;
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
    if (connections_.size() >= options_.max_connections && !EvictOne()) {
      return false;
    }
    const uint64_t id = next_id_++;
    const int fd = socket.get();
    const auto added =
        connections_.try_emplace(connections_.end(), id, std::move(socket),
                                 SteadyNow() + options_.request_timeout);
    counters_.open = static_cast<int64_t>(connections_.size());
    if (!Watch(EPOLL_CTL_ADD, fd, 0, id)) {
      Close(added);
      return true;
    }
    // The request has often arrived already.
    OnReady(added);
    return true;
  }

  // Closes the most expendable connection: one that has its response, else the
  // one that has been silent longest, else one that does not read its response.
  // Never one in kProcessing. False if there is nothing to close.
  bool EvictOne() {
    auto victim = Find(State::kLingering);
    while (victim == connections_.end()) {
      victim = Find(State::kReading);
      if (victim == connections_.end()) break;
      // Its request may have arrived without being read yet.
      const uint64_t id = victim->first;
      OnReady(victim);
      victim = connections_.find(id);
      if (victim == connections_.end()) return true;
      if (victim->second.state() == State::kReading) break;
      if (victim->second.state() != State::kLingering) {
        victim = connections_.end();
      }
    }
    if (victim == connections_.end()) {
      victim = std::find_if(connections_.begin(), connections_.end(),
                            [now = SteadyNow()](const auto& entry) {
                              return entry.second.state() == State::kWriting &&
                                     now - entry.second.progress_at() >=
                                         kStallTimeout;
                            });
    }
    if (victim == connections_.end()) return false;
    if (victim->second.state() != State::kLingering) ++counters_.evicted;
    Close(victim);
    return true;
  }

  // The oldest connection in that state.
  Connections::iterator Find(State state) {
    return std::find_if(
        connections_.begin(), connections_.end(),
        [state](const auto& entry) { return entry.second.state() == state; });
  }

  void OnReady(Connections::iterator connection) {
    connection->second.OnReady(SteadyNow());
    if (connection->second.state() == State::kProcessing) Dispatch(connection);
    Rearm(connection);
  }

  void Dispatch(Connections::iterator connection) {
    const HttpHead& head = connection->second.head();
    const size_t query_at = head.target.find('?');
    const auto page = pages_.find(head.target.substr(0, query_at));
    if (head.target.front() != '/') {
      connection->second.RespondError(400, SteadyNow());
    } else if (page == pages_.end()) {
      Respond(connection, {404, absl::StrCat("available pages:\n", paths_)});
    } else if (head.method != "GET" && head.method != "HEAD") {
      Response response{405, "expected GET or HEAD\n"};
      response.headers = "allow: GET, HEAD\r\n";
      Respond(connection, response);
    } else {
      page->second.Request(connection->first,
                           query_at == std::string::npos
                               ? ""
                               : head.target.substr(query_at + 1));
    }
  }

  void Respond(Connections::iterator connection, const Response& response) {
    connection->second.Respond(std::make_shared<const Response>(response),
                               SteadyNow());
  }

  // Requests one event; epoll reports no more until the next call.
  void Rearm(Connections::iterator connection) {
    switch (connection->second.state()) {
      case State::kProcessing:
        return;
      case State::kClosed:
        return Close(connection);
      case State::kReading:
      case State::kLingering:
        Watch(EPOLL_CTL_MOD, connection->second.fd(), EPOLLIN | EPOLLONESHOT,
              connection->first);
        return;
      case State::kWriting:
        Watch(EPOLL_CTL_MOD, connection->second.fd(), EPOLLOUT | EPOLLONESHOT,
              connection->first);
        return;
    }
  }

  void CloseExpired() {
    const absl::Time now = SteadyNow();
    for (auto it = connections_.begin(); it != connections_.end();) {
      const auto connection = it++;
      if (connection->second.deadline() > now) return;
      if (connection->second.state() != State::kProcessing) Close(connection);
    }
  }

  void Close(Connections::iterator connection) {
    connections_.erase(connection);
    counters_.open = static_cast<int64_t>(connections_.size());
  }

  // Called on a page's thread.
  void Post(const std::vector<uint64_t>& ids,
            const PageThread::SharedResponse& response) {
    {
      MutexLock lock(mutex_);
      rendered_.emplace_back(ids, response);
    }
    Wake();
  }

  void Wake() const { eventfd_write(wake_.get(), 1); }

  void RespondAll() {
    eventfd_t ignored = 0;
    eventfd_read(wake_.get(), &ignored);
    std::vector<Rendered> rendered;
    {
      MutexLock lock(mutex_);
      rendered.swap(rendered_);
    }
    for (const auto& [ids, response] : rendered) {
      for (const uint64_t id : ids) {
        const auto found = connections_.find(id);
        found->second.Respond(response, SteadyNow());
        Rearm(found);
      }
    }
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
  const UniqueFd wake_;
  const UniqueFd epoll_;
  std::string paths_;
  std::atomic<bool> stopping_{false};

  Mutex mutex_;
  std::vector<Rendered> rendered_ ABSL_GUARDED_BY(mutex_);

  // From here on used only by the thread, once it runs.
  Connections connections_;  // Oldest first.
  uint64_t next_id_ = kFirstId;
  bool paused_ = false;
  UniqueFd pending_socket_;  // Accepted; waits for a free slot.
  absl::Time accept_at_ = absl::InfinitePast();

  // Last: their threads use the members above.
  std::map<std::string, PageThread> pages_;
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<AdminServer>> AdminServer::Start(
    const std::string& listen_address, const Pages& pages,
    const Options& options, ListenerCounters& counters) {
  auto listener = ListenOn(listen_address);
  if (!listener.ok()) return listener.status();
  auto server = std::make_unique<EpollAdminServer>(*std::move(listener), pages,
                                                   options, counters);
  if (absl::Status status = server->Run(); !status.ok()) return status;
  return server;
}

}  // namespace wriftai
