#include "tests/bench/waits/random_proxy.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

namespace wriftai::bench {
namespace {

constexpr size_t kBufferSize = size_t{16} << 10;

sockaddr_in Loopback(int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

int NewSocket() { return socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0); }

// -1 if nobody listens.
int Connect(int port) {
  const int fd = NewSocket();
  const sockaddr_in address = Loopback(port);
  if (connect(fd, reinterpret_cast<const sockaddr*>(&address),
              sizeof address) == 0) {
    return fd;
  }
  close(fd);
  return -1;
}

bool SendAll(int fd, const char* data, size_t size) {
  while (size > 0) {
    const ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);
    if (sent < 0) return false;
    data += sent;
    size -= static_cast<size_t>(sent);
  }
  return true;
}

}  // namespace

struct RandomProxy::Connection {
  Connection(int client, int target) : fds{client, target} {
    // A delay of small segments would count as the gateway's.
    const int on = 1;
    for (const int fd : fds) {
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    }
  }
  ~Connection() {
    for (const int fd : fds) close(fd);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // Passes on what fds[side] has sent.
  void Pass(size_t side) {
    std::array<char, kBufferSize> buffer;
    const ssize_t size = recv(fds[side], buffer.data(), buffer.size(), 0);
    const int other = fds[1 - side];
    if (size > 0 && SendAll(other, buffer.data(), static_cast<size_t>(size))) {
      return;
    }
    ended[side] = true;
    shutdown(other, SHUT_WR);
  }

  bool HasEnded() const { return ended[0] && ended[1]; }

  const std::array<int, 2> fds;
  std::array<bool, 2> ended = {};  // Each side sends no more.
};

absl::StatusOr<std::unique_ptr<RandomProxy>> RandomProxy::Listen(
    std::vector<int> ports, int64_t seed) {
  const int fd = NewSocket();
  sockaddr_in address = Loopback(0);
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  if (bind(fd, raw, size) != 0 || listen(fd, SOMAXCONN) != 0 ||
      getsockname(fd, raw, &size) != 0) {
    const int error = errno;
    close(fd);
    return absl::ErrnoToStatus(error, "cannot listen for webhooks");
  }
  return std::unique_ptr<RandomProxy>(
      new RandomProxy(fd, ntohs(address.sin_port), std::move(ports), seed));
}

RandomProxy::RandomProxy(int listener, int port, std::vector<int> ports,
                         int64_t seed)
    : listener_(listener),
      port_(port),
      ports_(std::move(ports)),
      random_(static_cast<uint64_t>(seed)),
      thread_([this] { Run(); }) {}

RandomProxy::~RandomProxy() {
  shutdown(listener_, SHUT_RDWR);  // Ends Run().
  thread_.join();
  close(listener_);
}

void RandomProxy::Run() {
  std::vector<pollfd> polled;
  while (true) {
    polled = {{listener_, POLLIN, 0}};
    for (const Connection& connection : connections_) {
      for (size_t side = 0; side < 2; ++side) {
        // poll() ignores negative descriptors.
        const int fd = connection.ended[side] ? -1 : connection.fds[side];
        polled.push_back({fd, POLLIN, 0});
      }
    }
    if (poll(polled.data(), polled.size(), -1) < 0) continue;
    size_t next = 1;
    for (Connection& connection : connections_) {
      for (size_t side = 0; side < 2; ++side) {
        if (polled[next++].revents != 0) connection.Pass(side);
      }
    }
    connections_.remove_if(
        [](const Connection& connection) { return connection.HasEnded(); });
    if (polled[0].revents == 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client < 0) return;
    Accept(client);
  }
}

void RandomProxy::Accept(int client) {
  std::uniform_int_distribution<size_t> index(0, ports_.size() - 1);
  const int target = Connect(ports_[index(random_)]);
  if (target < 0) {
    close(client);
    return;
  }
  ++accepted_;
  connections_.emplace_back(client, target);
}

}  // namespace wriftai::bench
