#ifndef WRIFTAI_UPSTREAM_JSON_JSON_STRING_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_STRING_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace wriftai {

// The result of scanning a string.
struct JsonStringScan {
  // Bytes of the string, including quotes; 0 on failure.
  size_t size = 0;

  // The problem and its byte. Null with `size` 0: the text ended first.
  const char* problem = nullptr;
  size_t position = 0;
};

// Scans the string at the beginning of `text`, which starts with a quote, by
// the grammar of RFC 8259, section 7, alone. Any \uXXXX is valid, even half of
// a surrogate pair, and so are any non-ASCII bytes. Any thread.
JsonStringScan ScanJsonString(absl::string_view text);

// The decoded value of a string.
struct DecodedString {
  std::string text;  // Valid UTF-8.

  // False if a lone surrogate or a byte that is not valid UTF-8 was replaced by
  // U+FFFD.
  bool exact = true;
};

// Decodes `token`, a complete string that ScanJsonString() accepts. Any thread.
DecodedString DecodeJsonToken(absl::string_view token);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_STRING_H_
