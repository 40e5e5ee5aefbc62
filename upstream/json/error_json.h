#ifndef WRIFTAI_UPSTREAM_JSON_ERROR_JSON_H_
#define WRIFTAI_UPSTREAM_JSON_ERROR_JSON_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

namespace wriftai {

// One entry of a 422 body: the location and the problem. Each text has passed
// SanitizeText() with kMaxQuotedBytes.
struct UpstreamViolation {
  // Such as {"body", "input", "items", 3}; at most the first 32 steps.
  std::vector<std::variant<std::string, int64_t>> location;
  std::string message;
  std::string type;
};

// Larger error bodies are quoted but not parsed. An entry of a 422 may repeat
// the input, but parsing must not block the loop for milliseconds.
inline constexpr size_t kMaxErrorBodyBytes = size_t{256} << 10;

// The contents of an error response. Each text has passed SanitizeText().
struct UpstreamError {
  // Human-readable, at most kMaxQuotedBytes; empty if the body is. If there are
  // violations: the first one, and the number of others.
  std::string message;

  // The body's members `type`, `code` (a string or the digits of a number) and
  // `detail`, at most kMaxQuotedBytes each; empty if absent. Type and code are
  // read from the body, `detail`, `error`, or (the type) the first violation. A
  // detail that is not a string is JSON text.
  std::string type;
  std::string code;
  std::string detail;

  // Whether the body has the API's own shape (FastAPI's): an object with the
  // single member `detail`, which is a string, an array or an object. Proxies
  // send a `detail` too, but with other members: `type`, `title`, `status` and
  // `instance` (RFC 9457), or `code`, `message` or `error`.
  bool is_api_shape = false;

  // At most 100, because a hostile body must not fill the trailers.
  std::vector<UpstreamViolation> violations;

  // The number of entries in the body, including those not kept.
  size_t violation_count = 0;
};

// Formats a location: "body.input.items.3".
std::string LocationText(
    const std::vector<std::variant<std::string, int64_t>>& location);

// Reads the body of an error response. Only the 422 shape is documented
// ({"detail": [{"loc", "msg", "type"}]}), so others are read leniently:
// `detail` as a string or an object; without it, `message`, `error` or `title`
// (strings, or an object with a `message`). Anything else, such as HTML, is
// quoted. Never fails. Any thread.
UpstreamError UpstreamErrorFromBody(absl::string_view body);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_ERROR_JSON_H_
