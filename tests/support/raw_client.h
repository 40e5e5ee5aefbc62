#ifndef WRIFTAI_TESTS_SUPPORT_RAW_CLIENT_H_
#define WRIFTAI_TESTS_SUPPORT_RAW_CLIENT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace wriftai {

// One TCP connection to a server on 127.0.0.1, for tests that look at the
// bytes.
//
// Threads: one. Fails: what cannot be read is missing; a read or
// send that takes longer than half a minute ends.
class RawClient {
 public:
  explicit RawClient(int port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False when the server has hung up.
  bool Send(absl::string_view bytes);

  // Whether the server has sent something, or closed the connection; waits that
  // long for it.
  bool HasInput(absl::Duration wait = absl::ZeroDuration());

  // The next response: its head, and as much of its body as content-length says
  // or as there is.
  struct Response {
    std::string head;
    std::string body;
  };
  Response Read();

  // Send() and Read().
  Response Call(absl::string_view bytes);

  // Whether the server has closed the connection; waits until it has, or has
  // sent something.
  bool Closed();

 private:
  bool Fill();

  int fd_;
  std::string buffer_;
};

// A request in HTTP/1.1 with the token "t".
std::string Get(absl::string_view path);
std::string Post(absl::string_view path, absl::string_view body,
                 absl::string_view more_headers = "");

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_RAW_CLIENT_H_
