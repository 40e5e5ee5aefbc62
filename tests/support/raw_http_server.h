#ifndef WRIFTAI_TESTS_SUPPORT_RAW_HTTP_SERVER_H_
#define WRIFTAI_TESTS_SUPPORT_RAW_HTTP_SERVER_H_

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

// A server on 127.0.0.1 that says exactly the bytes it is told to, so that a
// client can be shown what no proper server does: half a response, a reset, a
// silence. Each connection runs the script on a thread of its own and is closed
// when the script returns.
//
// Threads: any, except the destructor, which ends the scripts that still run.
// Owns: sockets, threads. Fails: the waits answer false after a long time.
class RawHttpServer {
 public:
  using Script = std::function<void(RawConnection&)>;

  explicit RawHttpServer(Script script);
  // Lets those who connect wait until Listen(), as a host does that is gone.
  enum class Start { kNotAccepting };
  RawHttpServer(Script script, Start start);
  // TLS; `alpn` is the protocol that it chooses when the client offers it.
  RawHttpServer(Script script, const TlsIdentity& identity,
                const std::string& alpn = "http/1.1");
  ~RawHttpServer();
  RawHttpServer(const RawHttpServer&) = delete;
  RawHttpServer& operator=(const RawHttpServer&) = delete;

  // A script that answers each request of a connection with `response`.
  static Script RespondToEach(std::string response);

  // A response with this status line's end ("200 OK"), body and a
  // content-length.
  static std::string Response(const std::string& status,
                              const std::string& body,
                              const std::string& more_headers = "");

  int port() const { return port_; }
  std::string Url(const std::string& path, const std::string& host) const;
  std::string Url(const std::string& path) const {
    return Url(path, "127.0.0.1");
  }

  // Whole requests, head and body, in the order in which they were read.
  std::vector<std::string> requests() const;
  // Accepted so far.
  int connections() const;

  // Ends kNotAccepting; once.
  void Listen();

  // Lets every RawConnection::WaitForRelease() go on, now and later.
  void Release();

  // Block until so many requests were read, so many Send() calls were made, so
  // many connections were ended by the client.
  bool WaitForRequests(size_t count) const;
  bool WaitForSends(int count) const;
  bool WaitForDisconnects(int count) const;

 private:
  friend class RawConnection;
  void Bind();
  void FillQueue();
  void AcceptAll();
  void Serve(int fd, int index);

  const Script script_;
  const TlsContext tls_;
  int listener_ = -1;
  int filler_ = -1;  // Connected to the listener, where that is deaf.
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
