#ifndef WRIFTAI_BASE_UTF8_H_
#define WRIFTAI_BASE_UTF8_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

// For untrusted text. All functions: pure, any thread.

namespace wriftai {

// U+FFFD in UTF-8. Replaces invalid Unicode.
inline constexpr absl::string_view kReplacementCharacter = "\xef\xbf\xbd";

// Removes and returns the first character of `text`, which is not empty. If it
// is not valid UTF-8 (RFC 3629), removes one byte and returns nullopt.
std::optional<char32_t> TakeUtf8(absl::string_view& text);

// The number of printable ASCII characters and spaces at the beginning of
// `text`. Takes eight at a time.
size_t PrintableAsciiRun(absl::string_view text);

// The position of the first byte that is not valid UTF-8, or npos.
size_t FindInvalidUtf8(absl::string_view text);

inline bool IsUtf8(absl::string_view text) {
  return FindInvalidUtf8(text) == absl::string_view::npos;
}

// Appends `code_point` (at most U+10FFFF, not a surrogate) as UTF-8.
void AppendUtf8(char32_t code_point, std::string& out);

// `text` (valid UTF-8) cut to at most `max_bytes`, between characters.
absl::string_view Utf8Prefix(absl::string_view text, size_t max_bytes);

// Whether `code_point` is safe in a line that is logged or displayed. Control
// characters, line and paragraph separators, and characters that reorder text
// or have no width are not (Unicode TR 36, section 2.4).
bool IsLineSafe(char32_t code_point);

// `text` with each invalid byte, and each character that IsLineSafe() rejects,
// replaced by U+FFFD.
std::string LineSafe(absl::string_view text);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_UTF8_H_
