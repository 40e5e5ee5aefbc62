#include "service/logging/log_fields.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "base/sanitize.h"
#include "base/utf8.h"
#include "upstream/json/json_text.h"

namespace wriftai {
namespace {

// Longer than nearly all lines, so that the text grows once.
constexpr size_t kUsualBytes = 512;

constexpr std::array<bool, 256> PlainBytes() {
  std::array<bool, 256> plain = {};
  for (size_t byte = '!'; byte <= '~'; ++byte) {
    plain[byte] = byte != '"' && byte != '=' && byte != '\\';
  }
  return plain;
}

// Whether logfmt reads `text` as one word, without quotes.
bool IsPlain(absl::string_view text) {
  static constexpr std::array<bool, 256> kPlain = PlainBytes();
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return kPlain[static_cast<unsigned char>(c)];
  });
}

}  // namespace

LogFields::LogFields(LogFormat format, absl::string_view message)
    : format_(format) {
  text_.reserve(kUsualBytes);
  const std::string safe = SanitizeText(message, kMaxMessageBytes);
  if (format == LogFormat::kJson) {
    absl::StrAppend(&text_, "\"message\":", EncodeJsonString(safe));
  } else {
    text_ += safe;
  }
}

void LogFields::Add(absl::string_view key, absl::string_view value) {
  AddKey(key);
  // Almost all values need no copy.
  if (value.size() <= kMaxValueBytes &&
      PrintableAsciiRun(value) == value.size()) {
    AddText(value);
  } else {
    AddText(SanitizeText(value, kMaxValueBytes));
  }
}

void LogFields::Add(absl::string_view key, int64_t value) {
  AddKey(key);
  absl::StrAppend(&text_, value);
}

void LogFields::Add(absl::string_view key, absl::Duration value) {
  AddKey(key);
  const int64_t microseconds =
      absl::ToInt64Microseconds(value + absl::Microseconds(1) / 2);  // Rounded.
  absl::StrAppend(&text_, microseconds / 1'000'000, ".",
                  absl::Dec(microseconds % 1'000'000, absl::kZeroPad6));
}

void LogFields::Add(absl::string_view key,
                    const std::vector<std::string>& values) {
  const auto shown = absl::MakeConstSpan(values).subspan(
      0, std::min(values.size(), kMaxValues));
  if (format_ == LogFormat::kText) {
    Add(key, absl::StrJoin(shown, ","));
    return;
  }
  AddKey(key);
  absl::string_view separator = "[";
  for (const std::string& value : shown) {
    absl::StrAppend(&text_, separator);
    AddText(SanitizeText(value, kMaxValueBytes));
    separator = ",";
  }
  absl::StrAppend(&text_, shown.empty() ? "[]" : "]");
}

void LogFields::AddText(absl::string_view value) {
  if (format_ == LogFormat::kText && IsPlain(value)) {
    absl::StrAppend(&text_, value);
  } else {
    absl::StrAppend(&text_, EncodeJsonString(value));
  }
}

void LogFields::AddKey(absl::string_view key) {
  if (format_ == LogFormat::kJson) {
    absl::StrAppend(&text_, ",\"", key, "\":");
  } else {
    absl::StrAppend(&text_, " ", key, "=");
  }
}

}  // namespace wriftai
