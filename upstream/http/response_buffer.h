#ifndef WRIFTAI_UPSTREAM_HTTP_RESPONSE_BUFFER_H_
#define WRIFTAI_UPSTREAM_HTTP_RESPONSE_BUFFER_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "upstream/http/http_message.h"
#include "upstream/http/http_options.h"

namespace wriftai {

// A response as it comes in: keeps the headers and the body of the final
// response within the limits, and forgets interim responses (1xx) and trailers.
//
// Threads: one. Owns: copies of what it is given. `options` must outlive this.
// Fails: the Add functions answer false once a limit is exceeded, and
// excess() then says which.
class ResponseBuffer {
 public:
  explicit ResponseBuffer(const HttpOptions& options) : options_(options) {}

  // One line of a header block as received: the status line, a header, or the
  // empty line that ends the block.
  bool AddHeaderLine(absl::string_view line);

  // A piece of the decoded body.
  bool AddBody(absl::string_view piece);

  size_t body_bytes() const { return body_.size(); }

  // Empty while within the limits; else what was too large, for a message.
  const std::string& excess() const { return excess_; }

  // Whether all headers of the final response are there. libcurl takes a
  // connection that ends among them for the response's end.
  bool headers_complete() const { return headers_complete_; }

  // Moves the response out.
  HttpResponse Take(int status);

 private:
  bool Refuse(std::string excess);

  const HttpOptions& options_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::string body_;
  std::string excess_;
  size_t header_bytes_ = 0;
  bool is_interim_ = false;
  bool headers_complete_ = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_RESPONSE_BUFFER_H_
