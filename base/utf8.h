#ifndef WRIFTAI_BASE_UTF8_H_
#define WRIFTAI_BASE_UTF8_H_

#include <cstddef>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

// Text from outside, whose bytes may be anything. All functions: pure, any
// thread.

namespace wriftai {

// U+FFFD in UTF-8: stands for what is not valid Unicode.
inline constexpr absl::string_view kReplacementCharacter = "\xef\xbf\xbd";

// Takes the first character off `text`, which is not empty. Nothing where it
// is not valid UTF-8 (RFC 3629); then one byte is taken off.
std::optional<char32_t> TakeUtf8(absl::string_view& text);

// The position of the first byte that is not valid UTF-8, or npos.
size_t FindInvalidUtf8(absl::string_view text);

inline bool IsUtf8(absl::string_view text) {
  return FindInvalidUtf8(text) == absl::string_view::npos;
}

// Adds `code_point` (at most U+10FFFF, not a surrogate) in UTF-8.
void AppendUtf8(char32_t code_point, std::string& out);

// `text` (valid UTF-8) cut to at most `max_bytes`, between characters.
absl::string_view Utf8Prefix(absl::string_view text, size_t max_bytes);

// Whether `code_point` may stand in a line that is logged or displayed: not a
// control character, not a line or paragraph separator, and not one of those
// that reorder text or have no width (Unicode TR 36, section 2.4).
bool IsLineSafe(char32_t code_point);

// `text` with U+FFFD for each invalid byte and each character that
// IsLineSafe() rejects.
std::string LineSafe(absl::string_view text);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_UTF8_H_
