#include "service/server/port_probe.h"

#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/unique_fd.h"

namespace wriftai {
namespace {

// The client's preface (RFC 9113 section 3.4) with empty SETTINGS.
constexpr absl::string_view kPreface(
    "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33);
constexpr size_t kFrameHeaderBytes = 9;
constexpr size_t kFrameTypeOffset = 3;
constexpr char kSettings = 4;

constexpr char kTlsHandshake = 22;  // A TLS record type.
constexpr unsigned char kAlpn[] = "\x02h2";

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

// Returns an empty string if OpenSSL is out of memory.
std::string ClientHello() {
  const std::unique_ptr<SSL_CTX, Free> context(
      SSL_CTX_new(TLS_client_method()));
  const std::unique_ptr<SSL, Free> ssl(SSL_new(context.get()));
  if (ssl == nullptr) return "";
  BIO* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), out);
  SSL_set_alpn_protos(ssl.get(), kAlpn, sizeof(kAlpn) - 1);
  SSL_connect(ssl.get());  // Writes the ClientHello and returns.
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(out, &bytes);
  return {bytes, static_cast<size_t>(std::max<int64_t>(size, 0))};
}

absl::Status Failed(absl::string_view step, int error) {
  return absl::UnavailableError(
      absl::StrCat(step, ": ", std::generic_category().message(error)));
}

// Waits for events until a deadline or a cancellation.
class Poller {
 public:
  Poller(absl::Duration timeout, int cancel_fd)
      : deadline_(Clock::now() + absl::ToChronoNanoseconds(timeout)),
        cancel_fd_(cancel_fd) {}

  absl::Status Await(int fd, int16_t events, absl::string_view step) const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline_ - Clock::now());
    pollfd waits[2] = {{fd, events, 0}, {cancel_fd_, POLLIN, 0}};
    const int ready = poll(
        waits, 2, static_cast<int>(std::max<int64_t>(left.count() + 1, 0)));
    if (waits[1].revents != 0) return absl::CancelledError();
    if (ready > 0) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat(step, ": timed out"));
  }

 private:
  using Clock = std::chrono::steady_clock;
  const Clock::time_point deadline_;
  const int cancel_fd_;
};

// Announces the local port, then connects.
absl::Status Connect(int fd, const sockaddr_storage& to, const Poller& poller,
                     const std::function<void(int port)>& announce) {
  sockaddr_storage from = to;
  // The port has the same offset in both address families.
  auto& port = reinterpret_cast<sockaddr_in&>(from).sin_port;
  port = 0;
  socklen_t size =
      to.ss_family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  if (bind(fd, reinterpret_cast<const sockaddr*>(&from), size) != 0 ||
      getsockname(fd, reinterpret_cast<sockaddr*>(&from), &size) != 0) {
    return Failed("bind", errno);
  }
  announce(ntohs(port));
  if (connect(fd, reinterpret_cast<const sockaddr*>(&to), size) != 0 &&
      errno != EINPROGRESS) {
    return Failed("connect", errno);
  }
  if (auto status = poller.Await(fd, POLLOUT, "connect"); !status.ok()) {
    return status;
  }
  int error = 0;
  size = sizeof(error);
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  return error == 0 ? absl::OkStatus() : Failed("connect", error);
}

}  // namespace

absl::Status ProbeGrpcPort(const sockaddr_storage& address, bool tls,
                           absl::Duration timeout,
                           const std::function<void(int port)>& announce,
                           int cancel_fd) {
  const Poller poller(timeout, cancel_fd);
  const UniqueFd socket(::socket(address.ss_family,
                                 SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                                 IPPROTO_TCP));
  const int fd = socket.get();
  if (fd < 0) return Failed("socket", errno);
  if (auto status = Connect(fd, address, poller, announce); !status.ok()) {
    return status;
  }
  const std::string hello = tls ? ClientHello() : std::string(kPreface);
  // An empty socket buffer takes this little at once.
  if (send(fd, hello.data(), hello.size(), MSG_NOSIGNAL) < 0) {
    return Failed("send", errno);
  }
  char response[kFrameHeaderBytes];
  size_t size = 0;
  const size_t expected = tls ? 1 : sizeof(response);
  while (size < expected) {
    if (auto status = poller.Await(fd, POLLIN, "handshake"); !status.ok()) {
      return status;
    }
    const ssize_t got = recv(fd, response + size, expected - size, 0);
    if (got < 0) return Failed("handshake", errno);
    if (got == 0) {
      return absl::UnavailableError("handshake: the connection was closed");
    }
    size += static_cast<size_t>(got);
  }
  if (tls ? response[0] != kTlsHandshake
          : response[kFrameTypeOffset] != kSettings) {
    return absl::UnavailableError("handshake: unexpected response");
  }
  return absl::OkStatus();
}

}  // namespace wriftai
