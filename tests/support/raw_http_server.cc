#include "tests/support/raw_http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"

namespace wriftai {
namespace {

// Far longer than any wait takes, but short enough for a test to report it.
constexpr std::chrono::seconds kWaitTimeout(30);

const std::string& StaticAlpn(const std::string& text) {
  // A TLS context refers to its ALPN protocol by address.
  static const std::string http2 = "h2";
  static const std::string http1 = "http/1.1";
  return text == http2 ? http2 : http1;
}

sockaddr_in AddressOf(in_addr_t host, int port) {
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(host);
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

}  // namespace

RawHttpServer::RawHttpServer(Script script) : script_(std::move(script)) {
  Bind(INADDR_LOOPBACK, 0);
  Listen();
}

RawHttpServer::RawHttpServer(Script script, Start)
    : script_(std::move(script)) {
  Bind(INADDR_LOOPBACK, 0);
  FillQueue();
}

RawHttpServer::RawHttpServer(Script script, int port)
    : script_(std::move(script)) {
  Bind(INADDR_LOOPBACK + 1, port);
  Listen();
}

RawHttpServer::RawHttpServer(Script script, const TlsIdentity& identity,
                             const std::string& alpn)
    : script_(std::move(script)),
      tls_(MakeServerTls(identity, StaticAlpn(alpn))) {
  // OpenSSL writes to a socket that the client may have closed.
  std::signal(SIGPIPE, SIG_IGN);
  Bind(INADDR_LOOPBACK, 0);
  Listen();
}

RawHttpServer::~RawHttpServer() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
    for (const int fd : open_) shutdown(fd, SHUT_RDWR);
    changed_.notify_all();
  }
  shutdown(listener_, SHUT_RDWR);
  if (acceptor_.joinable()) acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  if (filler_ >= 0) close(filler_);
  close(listener_);
}

RawHttpServer::Script RawHttpServer::RespondToEach(std::string response) {
  return [response = std::move(response)](RawConnection& connection) {
    while (!connection.ReadRequest().empty() && connection.Send(response)) {
    }
  };
}

std::string RawHttpServer::Response(const std::string& status,
                                    const std::string& body,
                                    const std::string& more_headers) {
  return "HTTP/1.1 " + status + "\r\n" + more_headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string RawHttpServer::Url(const std::string& path,
                               const std::string& host) const {
  return (tls_ == nullptr ? "http://" : "https://") + host + ":" +
         std::to_string(port_) + path;
}

std::vector<std::string> RawHttpServer::requests() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return requests_;
}

int RawHttpServer::connections() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return connections_;
}

void RawHttpServer::Release() {
  const std::lock_guard<std::mutex> lock(mutex_);
  released_ = true;
  changed_.notify_all();
}

bool RawHttpServer::WaitForAttempt() const {
  // A line of the table has the remote port and the state SYN-SENT, in hex.
  const std::string attempt = absl::StrFormat(":%04X 02 ", port_);
  const auto deadline = std::chrono::steady_clock::now() + kWaitTimeout;
  while (std::chrono::steady_clock::now() < deadline) {
    std::ifstream table("/proc/net/tcp");
    const std::string text{std::istreambuf_iterator<char>(table), {}};
    if (absl::StrContains(text, attempt)) return true;
    std::this_thread::yield();
  }
  return false;
}

bool RawHttpServer::WaitForRequests(size_t count) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, kWaitTimeout,
                           [&] { return requests_.size() >= count; });
}

bool RawHttpServer::WaitForSends(int count) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, kWaitTimeout, [&] { return sends_ >= count; });
}

bool RawHttpServer::WaitForDisconnects(int count) const {
  std::unique_lock<std::mutex> lock(mutex_);
  return changed_.wait_for(lock, kWaitTimeout,
                           [&] { return disconnects_ >= count; });
}

void RawHttpServer::Bind(in_addr_t host, int port) {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = AddressOf(host, port);
  socklen_t size = sizeof(address);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) !=
          0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
}

// The shortest queue holds one connection; the kernel drops further ones.
void RawHttpServer::FillQueue() {
  filler_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = AddressOf(INADDR_LOOPBACK, port_);
  if (listen(listener_, 0) != 0 ||
      connect(filler_, reinterpret_cast<sockaddr*>(&address),
              sizeof(address)) != 0) {
    std::abort();
  }
}

void RawHttpServer::Listen() {
  if (filler_ >= 0) {
    close(accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
    close(std::exchange(filler_, -1));
  }
  if (listen(listener_, SOMAXCONN) != 0) std::abort();
  acceptor_ = std::thread([this] { AcceptAll(); });
}

void RawHttpServer::AcceptAll() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    const std::lock_guard<std::mutex> lock(mutex_);
    if (stopping_ || fd < 0) {
      if (fd >= 0) close(fd);
      return;
    }
    open_.insert(fd);
    const int index = connections_++;
    changed_.notify_all();
    threads_.emplace_back([this, fd, index] { Serve(fd, index); });
  }
}

void RawHttpServer::Serve(int fd, int index) {
  {
    RawConnection connection(*this, tls_.get(), fd, index);
    script_(connection);
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  open_.erase(fd);
  close(fd);
}

}  // namespace wriftai
