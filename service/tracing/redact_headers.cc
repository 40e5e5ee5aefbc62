#include "service/tracing/redact_headers.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"

namespace wriftai {

std::string RedactHeaders(
    absl::string_view text,
    const std::vector<std::pair<std::string, Secret>>& headers) {
  std::vector<std::pair<absl::string_view, absl::string_view>> replacements;
  for (const auto& header : headers) {
    const absl::string_view value =
        absl::StripAsciiWhitespace(header.second.Reveal());
    if (value.empty()) continue;
    replacements.emplace_back(value, "[redacted]");
    // All of it if there is no space.
    replacements.emplace_back(value.substr(value.rfind(' ') + 1), "[redacted]");
  }
  // In one pass, where the longest one goes first: a header that is a part of
  // another one leaves no rest of it.
  return absl::StrReplaceAll(text, replacements);
}

}  // namespace wriftai
