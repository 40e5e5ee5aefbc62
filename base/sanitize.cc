#include "base/sanitize.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "absl/strings/ascii.h"
#include "base/utf8.h"

namespace wriftai {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

template <size_t kCount>
bool IsIn(const Range (&ranges)[kCount], char32_t value) {
  return std::any_of(std::begin(ranges), std::end(ranges), [=](Range range) {
    return value >= range.first && value <= range.last;
  });
}

// Controls, line breaks, and Unicode's spaces (general categories Cc, Zl, Zp,
// Zs).
constexpr Range kBlank[] = {
    {0x0000, 0x0020}, {0x007F, 0x00A0}, {0x1680, 0x1680}, {0x2000, 0x200A},
    {0x2028, 0x2029}, {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000},
};

// Format characters (Cf: joiners, bidirectional controls, tags), variation
// selectors, letters without a glyph, private use, noncharacters, and the
// planes that are unassigned in Unicode 15.
constexpr Range kHidden[] = {
    {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x0600, 0x0605},
    {0x061C, 0x061C},   {0x06DD, 0x06DD},   {0x070F, 0x070F},
    {0x0890, 0x0891},   {0x08E2, 0x08E2},   {0x115F, 0x1160},
    {0x17B4, 0x17B5},   {0x180B, 0x180F},   {0x200B, 0x200F},
    {0x202A, 0x202E},   {0x2060, 0x206F},   {0x2800, 0x2800},
    {0x3164, 0x3164},   {0xE000, 0xF8FF},   {0xFDD0, 0xFDEF},
    {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFF},   {0x110BD, 0x110BD}, {0x110CD, 0x110CD},
    {0x13430, 0x1345F}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A},
    {0x1FFFE, 0x1FFFF}, {0x2FFFE, 0x2FFFF}, {0x323B0, 0x10FFFF},
};

}  // namespace

std::string SanitizeId(absl::string_view text) {
  return SanitizeAscii(text, kMaxIdBytes);
}

std::string SanitizeAscii(absl::string_view text, size_t max_bytes) {
  std::string shown(text.substr(0, max_bytes));
  for (char& c : shown) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(c))) c = '?';
  }
  return shown;
}

std::string SanitizeText(absl::string_view text, size_t max_bytes) {
  std::string shown;
  for (;;) {
    const size_t run =
        PrintableAsciiRun(text.substr(0, max_bytes - shown.size()));
    shown.append(text.data(), run);
    text.remove_prefix(run);
    if (text.empty()) return shown;
    const absl::string_view before = text;
    const std::optional<char32_t> next = TakeUtf8(text);
    absl::string_view piece = before.substr(0, before.size() - text.size());
    if (!next.has_value() || IsIn(kHidden, *next)) piece = "?";
    if (next.has_value() && IsIn(kBlank, *next)) piece = " ";
    if (shown.size() + piece.size() > max_bytes) return shown;
    shown.append(piece.data(), piece.size());
  }
}

bool IsVisibleText(absl::string_view text) {
  while (!text.empty()) {
    const std::optional<char32_t> next = TakeUtf8(text);
    if (!next.has_value() || IsIn(kBlank, *next) || IsIn(kHidden, *next)) {
      return false;
    }
  }
  return true;
}

}  // namespace wriftai
