#ifndef WRIFTAI_TESTS_SUPPORT_RAW_CONNECTION_H_
#define WRIFTAI_TESTS_SUPPORT_RAW_CONNECTION_H_

#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "tests/support/tls_identity.h"

namespace wriftai {

class RawHttpServer;

struct FreeSsl {
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
  void operator()(SSL* ssl) const { SSL_free(ssl); }
};
using TlsContext = std::unique_ptr<SSL_CTX, FreeSsl>;

// `alpn` must outlive the context.
TlsContext MakeServerTls(const TlsIdentity& identity, const std::string& alpn);

// One connection of a RawHttpServer, as its script sees it.
//
// Threads: the script's. The server outlives it.
class RawConnection {
 public:
  RawConnection(RawHttpServer& server, SSL_CTX* tls, int fd, int index);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  // 0 for the server's first connection, and so on.
  int index() const { return index_; }

  // The next request with its body (of its content-length), which the server
  // notes; empty when the client has hung up.
  std::string ReadRequest();

  // Exactly `count` bytes, noted nowhere; fewer when the client has hung up.
  std::string Read(size_t count);

  // False when the client has hung up.
  bool Send(absl::string_view bytes);

  // Returns when the client hangs up.
  void WaitForDisconnect();

  // Returns when the test calls RawHttpServer::Release().
  void WaitForRelease();

  // Ends the connection by RST instead of FIN.
  void Reset();

 private:
  bool Fill();

  RawHttpServer& server_;
  const int fd_;
  const int index_;
  std::unique_ptr<SSL, FreeSsl> ssl_;
  bool is_up_ = true;
  std::string buffer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_RAW_CONNECTION_H_
