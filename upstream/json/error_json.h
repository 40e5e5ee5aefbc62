#ifndef WRIFTAI_UPSTREAM_JSON_ERROR_JSON_H_
#define WRIFTAI_UPSTREAM_JSON_ERROR_JSON_H_

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

namespace wriftai {

// One entry of a 422 body: where, and what was wrong there. Each text is UTF-8
// of at most kMaxQuotedBytes, without control characters.
struct UpstreamViolation {
  // Such as {"body", "input", "items", 3}; at most the first 32 steps.
  std::vector<std::variant<std::string, int64_t>> location;
  std::string message;
  std::string type;
};

// What an error reply says.
struct UpstreamError {
  // For a person, at most kMaxQuotedBytes; empty where the body says nothing.
  // Where there are violations: the first one, and how many there are besides.
  std::string message;

  // At most 100, so that a hostile body cannot fill the trailers.
  std::vector<UpstreamViolation> violations;
};

// Reads the body of an error reply. Only the 422 shape is documented
// ({"detail": [{"loc", "msg", "type"}]}), so every other is met with good
// will: `detail` as a string or an object; `message`, `error` or `title`
// (strings, or an object with a `message`) where there is no detail; anything
// else, HTML and empty included, is quoted. Never fails. Any thread.
UpstreamError UpstreamErrorFromBody(absl::string_view body);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_ERROR_JSON_H_
