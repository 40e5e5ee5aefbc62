#ifndef WRIFTAI_UPSTREAM_JSON_JSON_STRING_H_
#define WRIFTAI_UPSTREAM_JSON_JSON_STRING_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace wriftai {

// How far a string was read.
struct JsonStringScan {
  // Bytes of the string, quotes included; 0 where there is a problem.
  size_t size = 0;

  // What is wrong, and at which byte. Null with `size` 0: the text ended first.
  const char* problem = nullptr;
  size_t position = 0;
};

// Reads the string at the beginning of `text`, which is a quote, by the grammar
// of RFC 8259, section 7, alone: any \uXXXX is an escape, also half of a
// surrogate pair, and bytes beyond ASCII may be any. Any thread.
JsonStringScan ScanJsonString(absl::string_view text);

// What a string stands for.
struct DecodedString {
  std::string text;  // Valid UTF-8.

  // Whether nothing was replaced: U+FFFD stands for each half of a surrogate
  // pair that is alone, and for each byte that is not valid UTF-8.
  bool exact = true;
};

// Decodes `token`, a string that ScanJsonString() accepts as a whole. Any
// thread.
DecodedString DecodeJsonToken(absl::string_view token);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_JSON_STRING_H_
