#include "service/logging/log_fields.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "base/sanitize.h"
#include "base/utf8.h"
#include "upstream/json/json_text.h"

namespace wriftai {
namespace {

// Whether logfmt reads `text` as one word, without quotes.
bool IsPlain(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isgraph(c) && c != '"' && c != '=' && c != '\\';
  });
}

}  // namespace

LogFields::LogFields(LogFormat format, absl::string_view message)
    : format_(format),
      text_(format == LogFormat::kJson
                ? absl::StrCat("\"message\":", EncodeJsonString(SanitizeText(
                                                   message, kMaxMessageBytes)))
                : SanitizeText(message, kMaxMessageBytes)) {}

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
  absl::StrAppendFormat(&text_, "%.6f", absl::ToDoubleSeconds(value));
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
