#include "sandbox/tcp_relay.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <list>
#include <thread>
#include <utility>
#include <vector>

#include "base/tcp_listener.h"
#include "base/unique_fd.h"

namespace wriftai::sandbox {
namespace {

// Bytes buffered for a slow reader, per direction of a connection.
constexpr size_t kMaxPending = 64 << 10;

// The maximum of --workers. Further connections wait in the system's queue.
constexpr size_t kMaxConnections = 2000;

using PollEvents = decltype(pollfd::events);

constexpr PollEvents kBroken = POLLERR | POLLNVAL;

// Copies bytes from one socket to the other.
class Direction {
 public:
  Direction(int from, int to) : from_(from), to_(to) {}

  bool wants_input() const { return !ended_ && pending_.size() < kMaxPending; }
  bool wants_output() const { return !pending_.empty(); }
  bool done() const { return ended_ && pending_.empty(); }

  // Copies as much as possible without blocking. False: the connection is
  // broken.
  bool Move() {
    char buffer[16 << 10];
    while (wants_input()) {
      const ssize_t size = recv(from_, buffer, sizeof(buffer), 0);
      if (size < 0 && (errno == EAGAIN || errno == EINTR)) break;
      if (size < 0) return false;
      if (size == 0) ended_ = true;
      pending_.append(buffer, static_cast<size_t>(size));
    }
    while (!pending_.empty()) {
      const ssize_t size =
          send(to_, pending_.data(), pending_.size(), MSG_NOSIGNAL);
      if (size < 0 && (errno == EAGAIN || errno == EINTR)) break;
      if (size < 0) return false;
      pending_.erase(0, static_cast<size_t>(size));
    }
    if (done() && !std::exchange(shut_down_, true)) shutdown(to_, SHUT_WR);
    return true;
  }

 private:
  const int from_;
  const int to_;
  std::string pending_;
  bool ended_ = false;
  bool shut_down_ = false;
};

// Makes close() send a reset, to relay a reset of the other side.
void CloseWithReset(int fd) {
  const linger reset = {1, 0};
  setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof(reset));
}

struct Connection {
  Connection(UniqueFd outer, UniqueFd inner)
      : client(std::move(outer)),
        server(std::move(inner)),
        up(client.get(), server.get()),
        down(server.get(), client.get()) {}

  UniqueFd client;
  UniqueFd server;
  Direction up;
  Direction down;
};

UniqueFd ConnectTo(int port) {
  UniqueFd fd(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd.get(), reinterpret_cast<sockaddr*>(&address),
              sizeof(address)) != 0 &&
      errno != EINPROGRESS) {
    return UniqueFd();
  }
  return fd;
}

void SetNoDelay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

class PollingRelay final : public TcpRelay {
 public:
  PollingRelay(TcpListener listener, int target_port)
      : listener_(std::move(listener)),
        target_port_(target_port),
        wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        thread_([this] { Run(); }) {}

  ~PollingRelay() override {
    eventfd_write(wake_.get(), 1);
    thread_.join();
  }

  int port() const override { return listener_.port; }

 private:
  void Run() {
    std::vector<pollfd> polled;
    for (;;) {
      polled.assign(1, {wake_.get(), POLLIN, 0});
      const bool can_accept = connections_.size() < kMaxConnections;
      for (const UniqueFd& socket : listener_.sockets) {
        polled.push_back({socket.get(),
                          static_cast<PollEvents>(can_accept ? POLLIN : 0), 0});
      }
      for (const Connection& c : connections_) {
        AddSocket(c.client.get(), Events(c.up, c.down), polled);
        AddSocket(c.server.get(), Events(c.down, c.up), polled);
      }
      if (poll(polled.data(), polled.size(), -1) < 0) continue;
      if (polled.front().revents != 0) return;
      MoveAll(polled.data() + 1 + listener_.sockets.size());
      for (size_t i = 0; i < listener_.sockets.size(); ++i) {
        if (polled[1 + i].revents != 0) Accept(listener_.sockets[i].get());
      }
    }
  }

  // Skips a socket without requested events; poll() would report its hangup
  // repeatedly.
  static void AddSocket(int fd, PollEvents events,
                        std::vector<pollfd>& polled) {
    polled.push_back({events == 0 ? -1 : fd, events, 0});
  }

  // The events of the socket that `out` reads from and `in` writes to.
  static PollEvents Events(const Direction& out, const Direction& in) {
    return static_cast<PollEvents>((out.wants_input() ? POLLIN : 0) |
                                   (in.wants_output() ? POLLOUT : 0));
  }

  // `polled`: two entries for each connection.
  void MoveAll(const pollfd* polled) {
    for (auto c = connections_.begin(); c != connections_.end(); polled += 2) {
      const int events = polled[0].revents | polled[1].revents;
      if (events == 0) {
        ++c;
        continue;
      }
      const bool whole =
          (events & kBroken) == 0 && c->up.Move() && c->down.Move();
      if (!whole) {
        CloseWithReset(c->client.get());
        CloseWithReset(c->server.get());
      }
      c = !whole || (c->up.done() && c->down.done()) ? connections_.erase(c)
                                                     : std::next(c);
    }
  }

  void Accept(int listener) {
    UniqueFd client(
        accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (client.get() < 0) {
      // Avoids a busy loop.
      if (IsOutOfResources(errno)) poll(nullptr, 0, kAcceptPauseMs);
      return;
    }
    UniqueFd server = ConnectTo(target_port_);
    if (server.get() < 0) return;
    SetNoDelay(client.get());
    SetNoDelay(server.get());
    connections_.emplace_back(std::move(client), std::move(server));
  }

  const TcpListener listener_;
  const int target_port_;
  const UniqueFd wake_;
  std::list<Connection> connections_;  // Used only by the thread.
  std::thread thread_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<TcpRelay>> TcpRelay::Start(
    const std::string& address, int target_port) {
  auto listener = ListenOn(address);
  if (!listener.ok()) return listener.status();
  return std::make_unique<PollingRelay>(*std::move(listener), target_port);
}

}  // namespace wriftai::sandbox
