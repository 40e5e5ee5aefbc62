#include "client/output/text.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace wriftai::client {
namespace {

enum class Keep { kLines, kOneLine, kAscii };

struct Rune {
  uint32_t code = 0;
  size_t bytes = 0;  // 0: not UTF-8.
};

// The first character of `text`, which is not empty.
Rune FirstRune(absl::string_view text) {
  const auto byte = [text](size_t i) {
    return static_cast<unsigned char>(text[i]);
  };
  const uint32_t first = byte(0);
  if (first < 0x80) return {first, 1};
  const size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < size) return {};
  uint32_t code = first & (0x7fu >> size);
  for (size_t i = 1; i < size; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return {};
    code = code << 6 | (byte(i) & 0x3f);
  }
  const uint32_t min_code = size == 4 ? 0x10000 : size == 3 ? 0x800 : 0x80;
  const bool surrogate = code >= 0xd800 && code <= 0xdfff;
  if (code < min_code || code > 0x10ffff || surrogate) return {};
  return {code, size};
}

// Separators, marks and overrides of the writing direction, and the byte order
// mark.
bool IsHiddenFormat(uint32_t code) {
  return code == 0x061c || (code >= 0x200e && code <= 0x200f) ||
         (code >= 0x2028 && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
}

bool IsAllowed(uint32_t code, Keep keep) {
  if (code == '\n' || code == '\t') return keep == Keep::kLines;
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return false;
  if (code >= 0x80 && keep == Keep::kAscii) return false;
  return !IsHiddenFormat(code);
}

std::string Escaped(uint32_t code) {
  if (code == '\n') return "\\n";
  if (code == '\t') return "\\t";
  if (code == '\r') return "\\r";
  return code < 0x80 ? absl::StrFormat("\\x%02x", code)
                     : absl::StrFormat("\\u%04x", code);
}

std::string Printable(absl::string_view text, Keep keep) {
  std::string printable;
  printable.reserve(text.size());
  while (!text.empty()) {
    const Rune rune = FirstRune(text);
    if (rune.bytes == 0) {
      absl::StrAppendFormat(&printable, "\\x%02x",
                            static_cast<unsigned char>(text[0]));
    } else if (IsAllowed(rune.code, keep)) {
      printable.append(text.data(), rune.bytes);
    } else {
      printable += Escaped(rune.code);
    }
    text.remove_prefix(std::max<size_t>(rune.bytes, 1));
  }
  return printable;
}

std::string FormatTimestamp(const google::protobuf::Timestamp& time,
                            absl::string_view format) {
  if (!IsValid(time)) return "-";
  return absl::FormatTime(
      format,
      absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()),
      absl::UTCTimeZone());
}

}  // namespace

bool IsValid(const google::protobuf::Timestamp& time) {
  // RFC 3339 and protobuf both allow years 1 to 9999.
  constexpr int64_t kYear1 = -62135596800;
  constexpr int64_t kYear9999End = 253402300799;
  return time.seconds() >= kYear1 && time.seconds() <= kYear9999End &&
         time.nanos() >= 0 && time.nanos() <= 999999999;
}

bool IsUtf8(absl::string_view text) {
  while (!text.empty()) {
    const Rune rune = FirstRune(text);
    if (rune.bytes == 0) return false;
    text.remove_prefix(rune.bytes);
  }
  return true;
}

std::string PrintableText(absl::string_view text) {
  return Printable(text, Keep::kLines);
}

std::string PrintableLine(absl::string_view text) {
  return Printable(text, Keep::kOneLine);
}

std::string PrintableAscii(absl::string_view text) {
  return Printable(text, Keep::kAscii);
}

std::string ElapsedText(absl::Duration elapsed) {
  const int64_t tenths =
      std::max<int64_t>(absl::ToInt64Milliseconds(elapsed) / 100, 0);
  const int64_t seconds = tenths / 10;
  const int64_t minutes = seconds / 60;
  const std::string hours = minutes < 60 ? "" : absl::StrCat(minutes / 60, ":");
  return absl::StrFormat("%s%02d:%02d.%d", hours, minutes % 60, seconds % 60,
                         tenths % 10);
}

std::string SecondsText(absl::Duration duration) {
  return absl::StrFormat("%.1f s", absl::ToDoubleSeconds(duration));
}

std::string AgeText(absl::Duration age) {
  const int64_t seconds = std::max<int64_t>(absl::ToInt64Seconds(age), 0);
  struct Unit {
    int64_t seconds;
    const char* name;
  };
  static constexpr Unit kUnits[] = {{86400, "d"}, {3600, "h"}, {60, "m"}};
  for (const Unit& unit : kUnits) {
    if (seconds >= unit.seconds) {
      return absl::StrCat(seconds / unit.seconds, unit.name, " ago");
    }
  }
  return absl::StrCat(seconds, "s ago");
}

std::string ShortDurationText(absl::string_view iso) {
  absl::string_view rest = iso;
  const bool is_time =
      absl::ConsumePrefix(&rest, "PT") && !rest.empty() &&
      rest.find_first_not_of("0123456789.HMS") == absl::string_view::npos;
  return is_time ? absl::AsciiStrToLower(rest) : std::string(iso);
}

std::string TimeText(const google::protobuf::Timestamp& time) {
  return FormatTimestamp(time, "%Y-%m-%dT%H:%M:%E*SZ");
}

std::string ShortTimeText(const google::protobuf::Timestamp& time) {
  return FormatTimestamp(time, "%Y-%m-%dT%H:%M:%SZ");
}

absl::Duration FromProto(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) +
         absl::Nanoseconds(duration.nanos());
}

absl::Time FromProto(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) +
         absl::Nanoseconds(time.nanos());
}

google::protobuf::Duration ToProto(absl::Duration duration) {
  google::protobuf::Duration proto;
  proto.set_seconds(absl::IDivDuration(duration, absl::Seconds(1), &duration));
  proto.set_nanos(static_cast<int32_t>(
      absl::IDivDuration(duration, absl::Nanoseconds(1), &duration)));
  return proto;
}

}  // namespace wriftai::client
