#ifndef WRIFTAI_UPSTREAM_REST_PERCENT_ENCODE_H_
#define WRIFTAI_UPSTREAM_REST_PERCENT_ENCODE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace wriftai {

// Encodes `text` as one path segment or query value: every byte except the
// unreserved characters of RFC 3986 (letters, digits, `-`, `.`, `_`, `~`)
// becomes %XX. Any thread.
std::string PercentEncode(absl::string_view text);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_PERCENT_ENCODE_H_
