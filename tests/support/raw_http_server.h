#ifndef WRIFTAI_TESTS_SUPPORT_RAW_HTTP_SERVER_H_
#define WRIFTAI_TESTS_SUPPORT_RAW_HTTP_SERVER_H_

#include <netinet/in.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/raw_connection.h"
#include "tests/support/tls_identity.h"

namespace wriftai {

// A server on 127.0.0.1 that sends exactly the bytes of its script. It can
// misbehave as no proper server does: half a response, a reset, silence. Each
// connection runs the script on its own thread, and is closed when the script
// returns.
//
// Threads: any, except the destructor, which ends running scripts. Owns:
// sockets, threads. Fails: waits return false after a long timeout.
class RawHttpServer {
 public:
  using Script = std::function<void(RawConnection&)>;

  explicit RawHttpServer(Script script);
  // Connection attempts hang until Listen(), as with an unreachable host.
  enum class Start { kNotAccepting };
  RawHttpServer(Script script, Start start);
  // On 127.0.0.2, at that port.
  RawHttpServer(Script script, int port);
  // With TLS. Selects the protocol `alpn` if the client offers it.
  RawHttpServer(Script script, const TlsIdentity& identity,
                const std::string& alpn = "http/1.1");
  ~RawHttpServer();
  RawHttpServer(const RawHttpServer&) = delete;
  RawHttpServer& operator=(const RawHttpServer&) = delete;

  // A script that sends `response` to each request of a connection.
  static Script RespondToEach(std::string response);

  // A response with `status` ("200 OK"), `body` and a content-length.
  static std::string Response(const std::string& status,
                              const std::string& body,
                              const std::string& more_headers = "");

  int port() const { return port_; }
  std::string Url(const std::string& path, const std::string& host) const;
  std::string Url(const std::string& path) const {
    return Url(path, "127.0.0.1");
  }

  // Complete requests, head and body, in the order in which they were read.
  std::vector<std::string> requests() const;
  // The number of connections accepted so far.
  int connections() const;

  // Ends kNotAccepting. Call at most once.
  void Listen();

  // Unblocks every RawConnection::WaitForRelease(), now and later.
  void Release();

  // With kNotAccepting: blocks until a client has begun to connect. The kernel
  // drops its packet, and the client's sends the next one after a second. False
  // after a long timeout.
  bool WaitForAttempt() const;

  // Block until `count` requests were read, Send() was called `count` times, or
  // clients closed `count` connections.
  bool WaitForRequests(size_t count) const;
  bool WaitForSends(int count) const;
  bool WaitForDisconnects(int count) const;

 private:
  friend class RawConnection;
  void Bind(in_addr_t host, int port);
  void FillQueue();
  void AcceptAll();
  void Serve(int fd, int index);

  const Script script_;
  const TlsContext tls_;
  int listener_ = -1;
  int filler_ = -1;  // Fills the listener's queue in kNotAccepting.
  int port_ = 0;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::vector<std::string> requests_;
  std::vector<std::thread> threads_;
  std::set<int> open_;
  int connections_ = 0;
  int sends_ = 0;
  int disconnects_ = 0;
  bool released_ = false;
  bool stopping_ = false;

  std::thread acceptor_;
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_RAW_HTTP_SERVER_H_
