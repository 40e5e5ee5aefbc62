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
constexpr size_t kFrameHeadBytes = 9;
constexpr size_t kFrameTypeAt = 3;
constexpr char kSettings = 4;

constexpr char kTlsHandshake = 22;  // The type of a record.
constexpr unsigned char kAlpn[] = "\x02h2";

struct Free {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};

// Empty: OpenSSL has no memory left.
std::string ClientHello() {
  const std::unique_ptr<SSL_CTX, Free> context(
      SSL_CTX_new(TLS_client_method()));
  const std::unique_ptr<SSL, Free> ssl(SSL_new(context.get()));
  if (ssl == nullptr) return "";
  BIO* const out = BIO_new(BIO_s_mem());
  SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), out);
  SSL_set_alpn_protos(ssl.get(), kAlpn, sizeof(kAlpn) - 1);
  SSL_connect(ssl.get());  // Writes its first message, and wants an answer.
  char* bytes = nullptr;
  const auto size = BIO_get_mem_data(out, &bytes);
  return {bytes, static_cast<size_t>(std::max<int64_t>(size, 0))};
}

absl::Status Failed(absl::string_view act, int error) {
  return absl::UnavailableError(
      absl::StrCat(act, ": ", std::generic_category().message(error)));
}

class Waiter {
 public:
  Waiter(absl::Duration timeout, int cancel_fd)
      : until_(Clock::now() + absl::ToChronoNanoseconds(timeout)),
        cancel_fd_(cancel_fd) {}

  absl::Status For(int fd, int16_t events, absl::string_view act) const {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until_ - Clock::now());
    pollfd waits[2] = {{fd, events, 0}, {cancel_fd_, POLLIN, 0}};
    const int ready = poll(
        waits, 2, static_cast<int>(std::max<int64_t>(left.count() + 1, 0)));
    if (waits[1].revents != 0) return absl::CancelledError();
    if (ready > 0) return absl::OkStatus();
    return absl::UnavailableError(absl::StrCat(act, ": no answer in time"));
  }

 private:
  using Clock = std::chrono::steady_clock;
  const Clock::time_point until_;
  const int cancel_fd_;
};

// From a port that is announced first.
absl::Status Connect(int fd, const sockaddr_storage& to, const Waiter& waiter,
                     const std::function<void(int port)>& announce) {
  sockaddr_storage from = to;
  // The port is at the same place in addresses of both families.
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
  if (auto status = waiter.For(fd, POLLOUT, "connect"); !status.ok()) {
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
  const Waiter waiter(timeout, cancel_fd);
  const UniqueFd socket(::socket(address.ss_family,
                                 SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
                                 IPPROTO_TCP));
  const int fd = socket.get();
  if (fd < 0) return Failed("socket", errno);
  if (auto status = Connect(fd, address, waiter, announce); !status.ok()) {
    return status;
  }
  const std::string hello = tls ? ClientHello() : std::string(kPreface);
  // An empty socket takes so little at once.
  if (send(fd, hello.data(), hello.size(), MSG_NOSIGNAL) < 0) {
    return Failed("send", errno);
  }
  char answer[kFrameHeadBytes];
  size_t size = 0;
  const size_t wanted = tls ? 1 : sizeof(answer);
  while (size < wanted) {
    if (auto status = waiter.For(fd, POLLIN, "greeting"); !status.ok()) {
      return status;
    }
    const ssize_t got = recv(fd, answer + size, wanted - size, 0);
    if (got < 0) return Failed("greeting", errno);
    if (got == 0) {
      return absl::UnavailableError("greeting: the connection was closed");
    }
    size += static_cast<size_t>(got);
  }
  if (tls ? answer[0] != kTlsHandshake : answer[kFrameTypeAt] != kSettings) {
    return absl::UnavailableError("greeting: it is not gRPC's");
  }
  return absl::OkStatus();
}

}  // namespace wriftai
