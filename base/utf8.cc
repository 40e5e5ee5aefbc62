#include "base/utf8.h"

#include <cstdint>
#include <cstring>

namespace wriftai {
namespace {

constexpr char32_t kMaxCodePoint = 0x10ffff;

bool IsSurrogate(char32_t code_point) {
  return code_point >= 0xd800 && code_point <= 0xdfff;
}

// A value with `byte` in each of its eight bytes.
constexpr uint64_t Repeat(unsigned char byte) {
  return uint64_t{0x0101010101010101} * byte;
}

bool AreAscii(uint64_t bytes) { return (bytes & Repeat(0x80)) == 0; }

// Whether all eight bytes are from ' ' to '~'. Each difference sets the high
// bit of a byte that is out of range, if no byte has it already.
bool ArePrintable(uint64_t bytes) {
  const uint64_t at_least_space = (bytes | Repeat(0x80)) - Repeat(' ');
  const uint64_t above_tilde = bytes + Repeat(0x7f - '~');
  return AreAscii(bytes) && AreAscii(above_tilde) && AreAscii(~at_least_space);
}

bool IsAscii(unsigned char byte) { return byte < 0x80; }

bool IsPrintable(unsigned char byte) { return byte >= ' ' && byte <= '~'; }

// The number of bytes at the beginning of `text` that fit; `all_fit` tests
// eight at once.
template <typename AllFit, typename Fits>
size_t Run(absl::string_view text, AllFit all_fit, Fits fits) {
  size_t i = 0;
  for (; i + sizeof(uint64_t) <= text.size(); i += sizeof(uint64_t)) {
    uint64_t bytes;
    std::memcpy(&bytes, text.data() + i, sizeof(bytes));
    if (!all_fit(bytes)) break;
  }
  while (i < text.size() && fits(static_cast<unsigned char>(text[i]))) ++i;
  return i;
}

size_t AsciiRun(absl::string_view text) {
  // First 32 bytes at a time: payloads are long and mostly ASCII.
  size_t begin = 0;
  for (uint64_t bytes[4]; begin + sizeof(bytes) <= text.size();
       begin += sizeof(bytes)) {
    std::memcpy(bytes, text.data() + begin, sizeof(bytes));
    if (!AreAscii(bytes[0] | bytes[1] | bytes[2] | bytes[3])) break;
  }
  return begin + Run(text.substr(begin), AreAscii, IsAscii);
}

}  // namespace

size_t PrintableAsciiRun(absl::string_view text) {
  return Run(text, ArePrintable, IsPrintable);
}

std::optional<char32_t> TakeUtf8(absl::string_view& text) {
  const auto first = static_cast<unsigned char>(text.front());
  const absl::string_view rest = text.substr(1);
  text = rest;
  if (first < 0x80) return first;
  // The smallest code point of each length; a longer encoding is invalid.
  static constexpr char32_t kSmallest[] = {0, 0x80, 0x800, 0x10000};
  const size_t more = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : 1;
  if (first < 0xc0 || first > 0xf7 || rest.size() < more) return std::nullopt;
  char32_t code_point = first & (0x3f >> more);
  for (size_t i = 0; i < more; ++i) {
    const auto byte = static_cast<unsigned char>(rest[i]);
    if ((byte & 0xc0) != 0x80) return std::nullopt;
    code_point = (code_point << 6) | (byte & 0x3f);
  }
  if (code_point < kSmallest[more] || code_point > kMaxCodePoint ||
      IsSurrogate(code_point)) {
    return std::nullopt;
  }
  text = rest.substr(more);
  return code_point;
}

size_t FindInvalidUtf8(absl::string_view text) {
  absl::string_view rest = text;
  for (;;) {
    rest.remove_prefix(AsciiRun(rest));
    if (rest.empty()) return absl::string_view::npos;
    const size_t position = text.size() - rest.size();
    if (!TakeUtf8(rest).has_value()) return position;
  }
}

void AppendUtf8(char32_t code_point, std::string& out) {
  const auto tail = [&](int shift) {
    out.push_back(static_cast<char>(0x80 | ((code_point >> shift) & 0x3f)));
  };
  if (code_point < 0x80) {
    out.push_back(static_cast<char>(code_point));
  } else if (code_point < 0x800) {
    out.push_back(static_cast<char>(0xc0 | (code_point >> 6)));
    tail(0);
  } else if (code_point < 0x10000) {
    out.push_back(static_cast<char>(0xe0 | (code_point >> 12)));
    tail(6);
    tail(0);
  } else {
    out.push_back(static_cast<char>(0xf0 | (code_point >> 18)));
    tail(12);
    tail(6);
    tail(0);
  }
}

absl::string_view Utf8Prefix(absl::string_view text, size_t max_bytes) {
  if (text.size() <= max_bytes) return text;
  size_t size = max_bytes;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) {
    --size;
  }
  return text.substr(0, size);
}

bool IsLineSafe(char32_t code_point) {
  if (code_point < 0x20 || (code_point >= 0x7f && code_point <= 0x9f)) {
    return false;
  }
  switch (code_point) {
    case 0x061c:  // Arabic letter mark.
    case 0x180e:  // Mongolian vowel separator.
    case 0xfeff:  // Zero width no-break space.
      return false;
    default:
      // Zero width characters and marks; separators and embeddings; invisible
      // operators and isolates; tags.
      return !(code_point >= 0x200b && code_point <= 0x200f) &&
             !(code_point >= 0x2028 && code_point <= 0x202e) &&
             !(code_point >= 0x2060 && code_point <= 0x206f) &&
             !(code_point >= 0xe0000 && code_point <= 0xe007f);
  }
}

std::string LineSafe(absl::string_view text) {
  std::string safe;
  safe.reserve(text.size());
  for (;;) {
    const size_t run = PrintableAsciiRun(text);
    safe.append(text.data(), run);
    text.remove_prefix(run);
    if (text.empty()) return safe;
    const absl::string_view before = text;
    const std::optional<char32_t> code_point = TakeUtf8(text);
    if (code_point.has_value() && IsLineSafe(*code_point)) {
      safe.append(before.data(), before.size() - text.size());
    } else {
      safe.append(kReplacementCharacter.data(), kReplacementCharacter.size());
    }
  }
}

}  // namespace wriftai
