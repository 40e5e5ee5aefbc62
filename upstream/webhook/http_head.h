#ifndef WRIFTAI_UPSTREAM_WEBHOOK_HTTP_HEAD_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_HTTP_HEAD_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace wriftai {

// Ends each line of a head (RFC 9112, section 2.1).
inline constexpr absl::string_view kLineEnd = "\r\n";

// The head of a request: its first line and its header fields.
struct HttpHead {
  std::string method;  // As sent.
  std::string target;  // As sent, with the query.
  int minor_version = 1;
  std::vector<std::pair<std::string, std::string>> headers;

  // How the body is framed. Without either there is none.
  int64_t content_length = 0;
  bool chunked = false;
  bool expects_continue = false;

  // The values of all headers of that name, in any case.
  std::vector<absl::string_view> Values(absl::string_view name) const;
};

// Reads a head with the empty line that ends it. Strict where RFC 9112 lets a
// server choose: lines end in CRLF, no header goes on in the next line, and the
// body has one framing, said once. Nothing: it is not of that form.
std::optional<HttpHead> ParseHttpHead(absl::string_view text);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_HTTP_HEAD_H_
