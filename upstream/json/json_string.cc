#include "upstream/json/json_string.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "base/utf8.h"

namespace wriftai {
namespace {

// Bytes of \uXXXX.
constexpr size_t kUnicodeEscapeBytes = 6;

// The value of the first four bytes of `text` as hex digits.
std::optional<char32_t> HexOf(absl::string_view text) {
  if (text.size() < 4) return std::nullopt;
  char32_t number = 0;
  for (const char c : text.substr(0, 4)) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) {
      return std::nullopt;
    }
    const int digit = absl::ascii_isdigit(static_cast<unsigned char>(c))
                          ? c - '0'
                          : absl::ascii_tolower(c) - 'a' + 10;
    number = number * 16 + static_cast<char32_t>(digit);
  }
  return number;
}

// The character of an escape of two bytes.
char SimpleEscape(char c) {
  switch (c) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return c;
  }
}

// Decodes the \u escape at the beginning of `text`, and the next one if the two
// form a surrogate pair. Returns the number of bytes read.
size_t DecodeUnicodeEscape(absl::string_view text, DecodedString& decoded) {
  char32_t code_point = HexOf(text.substr(2)).value_or(0);
  size_t size = kUnicodeEscapeBytes;
  if (code_point >= 0xd800 && code_point <= 0xdfff) {
    const absl::string_view next = text.substr(size);
    const std::optional<char32_t> low =
        code_point < 0xdc00 && next.substr(0, 2) == "\\u"
            ? HexOf(next.substr(2))
            : std::nullopt;
    if (low.has_value() && *low >= 0xdc00 && *low <= 0xdfff) {
      code_point = 0x10000 + ((code_point - 0xd800) << 10) + (*low - 0xdc00);
      size += kUnicodeEscapeBytes;
    } else {
      code_point = 0xfffd;
      decoded.exact = false;
    }
  }
  AppendUtf8(code_point, decoded.text);
  return size;
}

void AppendPlain(absl::string_view run, DecodedString& decoded) {
  while (!run.empty()) {
    const size_t valid = std::min(FindInvalidUtf8(run), run.size());
    decoded.text.append(run.data(), valid);
    run.remove_prefix(valid);
    if (run.empty()) return;
    run.remove_prefix(1);
    decoded.text.append(kReplacementCharacter.data(),
                        kReplacementCharacter.size());
    decoded.exact = false;
  }
}

}  // namespace

size_t ScanJsonEscape(absl::string_view text, const char*& problem) {
  if (text.size() < 2) return 0;
  if (text[1] != 'u') {
    constexpr absl::string_view kSimple = "\"\\/bfnrt";
    if (kSimple.find(text[1]) != absl::string_view::npos) return 2;
    problem = "invalid escape in a string";
    return 0;
  }
  const absl::string_view digits = text.substr(2, 4);
  if (HexOf(digits).has_value()) return kUnicodeEscapeBytes;
  bool all_digits = true;
  for (const char c : digits) {
    all_digits &= absl::ascii_isxdigit(static_cast<unsigned char>(c));
  }
  if (!all_digits) problem = "invalid \\u escape in a string";
  return 0;
}

DecodedString DecodeJsonToken(absl::string_view token) {
  DecodedString decoded;
  const absl::string_view text = token.substr(1, token.size() - 2);
  for (size_t i = 0; i < text.size();) {
    if (text[i] != '\\') {
      const size_t run = std::min(text.find('\\', i), text.size()) - i;
      AppendPlain(text.substr(i, run), decoded);
      i += run;
    } else if (text[i + 1] == 'u') {
      i += DecodeUnicodeEscape(text.substr(i), decoded);
    } else {
      decoded.text.push_back(SimpleEscape(text[i + 1]));
      i += 2;
    }
  }
  return decoded;
}

}  // namespace wriftai
