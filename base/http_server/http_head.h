#ifndef WRIFTAI_BASE_HTTP_SERVER_HTTP_HEAD_H_
#define WRIFTAI_BASE_HTTP_SERVER_HTTP_HEAD_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace wriftai {

// Ends each line of a head (RFC 9112, section 2.1).
inline constexpr absl::string_view kLineEnd = "\r\n";

// The head of a request: the request line and the header fields.
struct HttpHead {
  std::string method;  // As sent.
  std::string target;  // As sent, with the query.
  int minor_version = 1;
  std::vector<std::pair<std::string, std::string>> headers;

  // How the body is framed. If neither is set, there is no body.
  int64_t content_length = 0;
  bool chunked = false;
  bool expects_continue = false;

  // The values of all headers named `name`, ignoring case.
  std::vector<absl::string_view> Values(absl::string_view name) const;

  // The heap memory that it holds.
  size_t held_bytes() const;
};

// The heap memory that `text` holds. Short strings are stored inside the
// object.
inline size_t HeldBytes(const std::string& text) {
  return text.capacity() > std::string().capacity() ? text.capacity() : 0;
}

// Whether `line` may be part of a message: no control characters but tabs. A
// parser that takes a CR or LF alone for the end of a line would see another
// message.
bool IsFieldText(absl::string_view line);

// Parses a head, including the empty line that ends it. Strict where RFC 9112
// lets a server choose: lines end in CRLF, headers are not folded, and the body
// has one framing, stated once. Returns nullopt otherwise.
std::optional<HttpHead> ParseHttpHead(absl::string_view text);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_HTTP_SERVER_HTTP_HEAD_H_
