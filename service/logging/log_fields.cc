#include "service/logging/log_fields.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "upstream/json/json_text.h"

namespace wriftai {
namespace {

// Whether logfmt takes it for one word, and shells and terminals for nothing
// else.
bool IsPlain(absl::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isgraph(c) && c != '"' && c != '=' && c != '\\';
  });
}

// JSON's encoder replaces half a character at the end.
std::string Bounded(absl::string_view text) {
  if (text.size() <= LogFields::kMaxValueBytes) return std::string(text);
  return absl::StrCat(text.substr(0, LogFields::kMaxValueBytes), "...");
}

}  // namespace

LogFields::LogFields(LogFormat format, absl::string_view message)
    : format_(format),
      text_(format == LogFormat::kJson
                ? absl::StrCat("\"message\":",
                               EncodeAnyJsonString(Bounded(message)))
                : Bounded(message)) {}

void LogFields::Add(absl::string_view key, absl::string_view value) {
  AddKey(key);
  const std::string bounded = Bounded(value);
  if (format_ == LogFormat::kText && IsPlain(bounded)) {
    absl::StrAppend(&text_, bounded);
  } else {
    absl::StrAppend(&text_, EncodeAnyJsonString(bounded));
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
  std::vector<std::string> bounded;
  for (const std::string& value : values) {
    if (bounded.size() == kMaxValues) break;
    bounded.push_back(Bounded(value));
  }
  if (format_ == LogFormat::kText) {
    Add(key, absl::StrJoin(bounded, ","));
    return;
  }
  AddKey(key);
  absl::StrAppend(&text_, "[",
                  absl::StrJoin(bounded, ",",
                                [](std::string* out, absl::string_view value) {
                                  absl::StrAppend(out,
                                                  EncodeAnyJsonString(value));
                                }),
                  "]");
}

void LogFields::AddKey(absl::string_view key) {
  if (format_ == LogFormat::kJson) {
    absl::StrAppend(&text_, ",\"", key, "\":");
  } else {
    absl::StrAppend(&text_, " ", key, "=");
  }
}

}  // namespace wriftai
