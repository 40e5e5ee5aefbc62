#ifndef WRIFTAI_SERVICE_TRACING_REDACT_HEADERS_H_
#define WRIFTAI_SERVICE_TRACING_REDACT_HEADERS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "base/secret.h"

namespace wriftai {

// `text` of a collector, which may quote the headers sent to it: each header's
// value becomes [redacted], and so does its last word, such as the key after
// "Bearer ". Pure, any thread.
std::string RedactHeaders(
    absl::string_view text,
    const std::vector<std::pair<std::string, Secret>>& headers);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TRACING_REDACT_HEADERS_H_
