#ifndef WRIFTAI_UPSTREAM_HTTP_RESPONSE_BUFFER_H_
#define WRIFTAI_UPSTREAM_HTTP_RESPONSE_BUFFER_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "upstream/http/http_message.h"
#include "upstream/http/http_options.h"

namespace wriftai {

// Collects a response as it arrives: the headers and body of the final
// response, within the limits. Drops interim responses (1xx) and trailers.
//
// Threads: one. Owns: copies of its input. `options` must outlive this. Fails:
// the Add functions return false once a limit is exceeded; excess() says which.
class ResponseBuffer {
 public:
  explicit ResponseBuffer(const HttpOptions& options) : options_(options) {}

  // One received line of a header block: the status line, a header, or the
  // empty line that ends the block.
  bool AddHeaderLine(absl::string_view line);

  // A piece of the decoded body.
  bool AddBody(absl::string_view piece);

  size_t body_bytes() const { return body_.size(); }

  // Whether the final response's body is compressed. False before its headers
  // are complete.
  bool is_compressed() const { return is_compressed_; }

  // For an error message: which limit was exceeded. Empty: none.
  const std::string& excess() const { return excess_; }

  // Whether all headers of the final response have arrived. If a connection
  // closes before that, libcurl reports a complete response.
  bool headers_complete() const { return headers_complete_; }

  // Moves the response out.
  HttpResponse Take(int status);

 private:
  bool Reject(std::string excess);
  void Reserve(size_t bytes);

  const HttpOptions& options_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::string body_;
  std::string excess_;
  size_t header_bytes_ = 0;
  size_t content_length_ = 0;  // 0: none.
  bool is_interim_ = false;
  bool headers_complete_ = false;
  bool is_compressed_ = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_HTTP_RESPONSE_BUFFER_H_
