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

// One connection of a RawHttpServer, used by its script.
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

  // Reads the next request with its body (of content-length bytes), and records
  // it in the server. Empty if the client has disconnected.
  std::string ReadRequest();

  // Reads exactly `count` bytes without recording them; fewer if the client has
  // disconnected.
  std::string Read(size_t count);

  // False if the client has disconnected.
  bool Send(absl::string_view bytes);

  // Blocks until the client disconnects.
  void WaitForDisconnect();

  // Blocks until the test calls RawHttpServer::Release().
  void WaitForRelease();

  // Closes the connection with RST instead of FIN.
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
