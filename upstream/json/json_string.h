#ifndef WRIFTAI_UPSTREAM_JSON_JSON_STRING_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_STRING_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace wriftai {

// The size of the escape at the beginning of `text`, which starts with a
// backslash, by the grammar of RFC 8259, section 7, alone: any \uXXXX is valid,
// even half of a surrogate pair. On failure returns 0 and sets `problem`, which
// stays null if the text ends first. Any thread.
size_t ScanJsonEscape(absl::string_view text, const char*& problem);

// The decoded value of a string.
struct DecodedString {
  std::string text;  // Valid UTF-8.

  // False if a lone surrogate or a byte that is not valid UTF-8 was replaced by
  // U+FFFD.
  bool exact = true;
};

// Decodes `token`, a complete string that ReadJson() accepts. Any thread.
DecodedString DecodeJsonToken(absl::string_view token);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_STRING_H_
