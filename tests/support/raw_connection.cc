#include "tests/support/raw_connection.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <mutex>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "tests/support/raw_http_server.h"

namespace wriftai {
namespace {

int ChooseAlpn(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
               const unsigned char* offered, unsigned int offered_size,
               void* wanted) {
  const std::string& name = *static_cast<const std::string*>(wanted);
  const std::string list = static_cast<char>(name.size()) + name;
  unsigned char* out = nullptr;
  if (SSL_select_next_proto(&out, chosen_size,
                            reinterpret_cast<const unsigned char*>(list.data()),
                            static_cast<unsigned int>(list.size()), offered,
                            offered_size) != OPENSSL_NPN_NEGOTIATED) {
    return SSL_TLSEXT_ERR_NOACK;
  }
  *chosen = reinterpret_cast<const unsigned char*>(name.data());
  return SSL_TLSEXT_ERR_OK;
}

size_t ContentLength(const std::string& head) {
  const std::string lower = absl::AsciiStrToLower(head);
  const size_t at = lower.find("\r\ncontent-length:");
  if (at == std::string::npos) return 0;
  const size_t start = at + 17;
  size_t length = 0;
  if (!absl::SimpleAtoi(lower.substr(start, lower.find('\r', start) - start),
                        &length)) {
    return 0;
  }
  return length;
}

}  // namespace

TlsContext MakeServerTls(const TlsIdentity& identity, const std::string& alpn) {
  TlsContext context(SSL_CTX_new(TLS_server_method()));
  BIO* const certificate_bio = BIO_new_mem_buf(identity.certificate.data(), -1);
  X509* const certificate =
      PEM_read_bio_X509(certificate_bio, nullptr, nullptr, nullptr);
  BIO* const key_bio = BIO_new_mem_buf(identity.key.data(), -1);
  EVP_PKEY* const key =
      PEM_read_bio_PrivateKey(key_bio, nullptr, nullptr, nullptr);
  SSL_CTX_use_certificate(context.get(), certificate);
  SSL_CTX_use_PrivateKey(context.get(), key);
  SSL_CTX_set_alpn_select_cb(context.get(), ChooseAlpn,
                             const_cast<std::string*>(&alpn));
  EVP_PKEY_free(key);
  BIO_free(key_bio);
  X509_free(certificate);
  BIO_free(certificate_bio);
  return context;
}

RawConnection::RawConnection(RawHttpServer& server, SSL_CTX* tls, int fd,
                             int index)
    : server_(server), fd_(fd), index_(index) {
  if (tls == nullptr) return;
  ssl_.reset(SSL_new(tls));
  SSL_set_fd(ssl_.get(), fd_);
  is_up_ = SSL_accept(ssl_.get()) == 1;
}

RawConnection::~RawConnection() {
  if (ssl_ != nullptr && is_up_) SSL_shutdown(ssl_.get());
  // OpenSSL keeps errors per thread.
  ERR_clear_error();
}

std::string RawConnection::ReadRequest() {
  size_t head_size = 0;
  while ((head_size = buffer_.find("\r\n\r\n")) == std::string::npos) {
    if (!Fill()) return "";
  }
  head_size += 4;
  std::string request =
      Read(head_size + ContentLength(buffer_.substr(0, head_size)));
  if (!is_up_) return "";
  const std::lock_guard<std::mutex> lock(server_.mutex_);
  server_.requests_.push_back(request);
  server_.changed_.notify_all();
  return request;
}

std::string RawConnection::Read(size_t count) {
  while (buffer_.size() < count && Fill()) {
  }
  std::string bytes = buffer_.substr(0, count);
  buffer_.erase(0, count);
  return bytes;
}

bool RawConnection::Send(absl::string_view bytes) {
  while (is_up_ && !bytes.empty()) {
    const ssize_t sent =
        ssl_ != nullptr ? SSL_write(ssl_.get(), bytes.data(),
                                    static_cast<int>(bytes.size()))
                        : send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      is_up_ = false;
    } else {
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }
  const std::lock_guard<std::mutex> lock(server_.mutex_);
  ++server_.sends_;
  server_.changed_.notify_all();
  return is_up_;
}

void RawConnection::WaitForDisconnect() {
  while (Fill()) buffer_.clear();
}

void RawConnection::WaitForRelease() {
  std::unique_lock<std::mutex> lock(server_.mutex_);
  server_.changed_.wait(
      lock, [this] { return server_.released_ || server_.stopping_; });
}

void RawConnection::Reset() {
  const linger at_once = {1, 0};
  setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
  is_up_ = false;
}

bool RawConnection::Fill() {
  if (!is_up_) return false;
  char chunk[16384];
  const ssize_t got =
      ssl_ != nullptr
          ? SSL_read(ssl_.get(), chunk, static_cast<int>(sizeof(chunk)))
          : recv(fd_, chunk, sizeof(chunk), 0);
  if (got > 0) {
    buffer_.append(chunk, static_cast<size_t>(got));
    return true;
  }
  is_up_ = false;
  const std::lock_guard<std::mutex> lock(server_.mutex_);
  ++server_.disconnects_;
  server_.changed_.notify_all();
  return false;
}

}  // namespace wriftai
