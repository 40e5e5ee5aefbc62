#ifndef WRIFTAI_TESTS_SUPPORT_RAW_CLIENT_H_
#define WRIFTAI_TESTS_SUPPORT_RAW_CLIENT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace wriftai {

// One TCP connection to a server on 127.0.0.1, for tests at the byte level.
//
// Threads: one. Fails: Read() returns what could be read; a read or send times
// out after 30 s.
class RawClient {
 public:
  explicit RawClient(int port);
  ~RawClient();
  RawClient(const RawClient&) = delete;
  RawClient& operator=(const RawClient&) = delete;

  // False if the server has disconnected.
  bool Send(absl::string_view bytes);

  // Whether the server has sent something or closed the connection. Waits up to
  // `wait`.
  bool HasInput(absl::Duration wait = absl::ZeroDuration());

  // Closes the connection with a TCP reset.
  void Reset();

  // Reads the next response: its head, and its body of content-length bytes or
  // fewer if the connection ends.
  struct Response {
    std::string head;
    std::string body;
  };
  Response Read();

  // Send() and Read().
  Response Call(absl::string_view bytes);

  // Whether the server has closed the connection. Waits until it has, or has
  // sent something.
  bool Closed();

 private:
  bool Fill();

  int fd_;
  std::string buffer_;
};

// An HTTP/1.1 request with the token "t".
std::string Get(absl::string_view path);
std::string Post(absl::string_view path, absl::string_view body,
                 absl::string_view more_headers = "");

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_RAW_CLIENT_H_
