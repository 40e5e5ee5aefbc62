#ifndef WRIFTAI_UPSTREAM_REST_PERCENT_ENCODE_H_
#define WRIFTAI_UPSTREAM_REST_PERCENT_ENCODE_H_

#include <string>

#include "absl/strings/string_view.h"

namespace wriftai {

// `text` with every byte but RFC 3986's unreserved ones (letters, digits,
// `-`, `.`, `_`, `~`) as %XX: it then is one path segment or one query value,
// whatever it holds. Any thread.
std::string PercentEncode(absl::string_view text);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_PERCENT_ENCODE_H_
