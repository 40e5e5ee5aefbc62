#ifndef WRIFTAI_UPSTREAM_JSON_ERROR_JSON_H_
#define WRIFTAI_UPSTREAM_JSON_ERROR_JSON_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

namespace wriftai {

// One entry of a 422 body: where, and what was wrong there. Each text has
// passed SanitizeText() with kMaxQuotedBytes.
struct UpstreamViolation {
  // Such as {"body", "input", "items", 3}; at most the first 32 steps.
  std::vector<std::variant<std::string, int64_t>> location;
  std::string message;
  std::string type;
};

// Larger error bodies are quoted and not read: an entry of a 422 may repeat the
// input, but a body that holds up the loop for milliseconds is not worth it.
inline constexpr size_t kMaxErrorBodyBytes = size_t{256} << 10;

// What an error response says. Each text has passed SanitizeText().
struct UpstreamError {
  // For a person, at most kMaxQuotedBytes; empty where the body says nothing.
  // Where there are violations: the first one, and how many there are besides.
  std::string message;

  // What a direct caller of the API finds in the body's members `type`, `code`
  // (or a number's digits) and `detail`, at most kMaxQuotedBytes each; empty
  // where there is none. Type and code stand in the body, in `detail`, in
  // `error`, or (the type) in the first violation. A detail that is no string
  // is JSON text.
  std::string type;
  std::string code;
  std::string detail;

  // Whether the body is in the API's own shape (FastAPI's): an object with the
  // one member `detail`, which is a string, an array or an object. Proxies send
  // a `detail` too, but beside other members: RFC 9457's `type`, `title`,
  // `status` and `instance`, or a `code`, a `message`, an `error` of their own.
  bool is_api_shape = false;

  // At most 100, so that a hostile body cannot fill the trailers.
  std::vector<UpstreamViolation> violations;

  // How many entries there were, those that were not kept included.
  size_t violation_count = 0;
};

// A location as one text: "body.input.items.3".
std::string LocationText(
    const std::vector<std::variant<std::string, int64_t>>& location);

// Reads the body of an error response. Only the 422 shape is documented
// ({"detail": [{"loc", "msg", "type"}]}), so every other is met with good
// will: `detail` as a string or an object; `message`, `error` or `title`
// (strings, or an object with a `message`) where there is no detail; anything
// else, HTML and empty included, is quoted. Never fails. Any thread.
UpstreamError UpstreamErrorFromBody(absl::string_view body);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_ERROR_JSON_H_
