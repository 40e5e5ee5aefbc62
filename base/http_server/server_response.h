#ifndef WRIFTAI_BASE_HTTP_SERVER_SERVER_RESPONSE_H_
#define WRIFTAI_BASE_HTTP_SERVER_SERVER_RESPONSE_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace wriftai {

// What an HttpServer sends. The server adds content-length and connection.
struct ServerResponse {
  int status = 200;     // 0: the connection is closed without a response.
  std::string headers;  // Each ends in CRLF.
  std::string body;
  bool close = false;  // Closes the connection after the response.

  // Large bodies without the memory for them: after `body`, this many bytes of
  // the letter x, then `tail`.
  int64_t padding_bytes = 0;
  std::string tail;

  // A wrong content-length, to test clients. Requires `close`.
  std::optional<int64_t> announced_length;

  int64_t body_bytes() const {
    return static_cast<int64_t>(body.size() + tail.size()) + padding_bytes;
  }
};

using SharedResponse = std::shared_ptr<const ServerResponse>;

// The status line and all headers, including the empty line. `close`: announces
// that the connection ends.
std::string HeadOf(const ServerResponse& response, bool close);

// The name of an HTTP status, such as "Not Found".
absl::string_view ReasonPhrase(int status);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_HTTP_SERVER_SERVER_RESPONSE_H_
