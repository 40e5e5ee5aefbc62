#include "upstream/json/error_json.h"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "upstream/core/utf8.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/json_members.h"
#include "upstream/json/json_string.h"
#include "upstream/json/json_text.h"

namespace wriftai {
namespace {

constexpr size_t kMaxViolations = 100;

// Locations follow the input's nesting; far fewer in practice.
constexpr size_t kMaxLocation = 32;

using Location = std::vector<std::variant<std::string, int64_t>>;

// `text` (valid UTF-8) as one line of at most kMaxQuotedBytes. Unlike
// QuoteForError() it keeps other languages.
std::string Shorten(absl::string_view text) {
  std::string line(Utf8Prefix(text, kMaxQuotedBytes));
  std::replace_if(line.begin(), line.end(), absl::ascii_iscntrl, ' ');
  // U+FFFD may be longer than what it replaces.
  return std::string(Utf8Prefix(LineSafe(line), kMaxQuotedBytes));
}

// The text of a string, shortened; nothing for other kinds and for blanks.
std::optional<std::string> Text(const std::optional<JsonSlice>& slice) {
  if (!slice.has_value() || slice->kind != JsonKind::kString) {
    return std::nullopt;
  }
  const std::string text = DecodeJsonToken(slice->text).text;
  if (absl::StripAsciiWhitespace(text).empty()) return std::nullopt;
  return Shorten(text);
}

// What an object has to say to a person.
std::optional<std::string> MessageOf(const JsonSlice& object) {
  if (object.kind != JsonKind::kObject) return std::nullopt;
  const std::initializer_list<absl::string_view> names = {"message", "msg",
                                                          "error", "title"};
  const auto members = JsonMembers::Read(object.text, names);
  if (!members.ok()) return std::nullopt;
  for (const absl::string_view name : names) {
    if (auto text = Text(members->FindPresent(name))) return text;
  }
  return std::nullopt;
}

Location LocationOf(const std::optional<JsonSlice>& slice) {
  Location location;
  if (!slice.has_value()) return location;
  const auto add = [&](const JsonSlice& element) {
    if (location.size() == kMaxLocation) return;
    int64_t index = 0;
    if (element.kind == JsonKind::kString) {
      location.emplace_back(Shorten(DecodeJsonToken(element.text).text));
    } else if (absl::SimpleAtoi(element.text, &index)) {
      location.emplace_back(index);
    } else {
      location.emplace_back(QuoteForError(element.text));
    }
  };
  // Another kind than an array has no location in it.
  ForEachJsonElement(slice->text, add).IgnoreError();
  return location;
}

UpstreamViolation ViolationOf(const JsonSlice& entry) {
  UpstreamViolation violation;
  const auto members = JsonMembers::Read(entry.text, {"loc", "type"});
  if (members.ok()) {
    violation.location = LocationOf(members->FindPresent("loc"));
    violation.type = Text(members->FindPresent("type")).value_or("");
    violation.message = MessageOf(entry).value_or("");
  } else {
    violation.message = Text(entry).value_or("");
  }
  if (violation.message.empty()) violation.message = QuoteForError(entry.text);
  return violation;
}

// "body.input.items.3: message", of the first; the number of the others.
std::string Summary(const UpstreamViolation& first, size_t count) {
  std::string where;
  for (const auto& step : first.location) {
    absl::StrAppend(&where, where.empty() ? "" : ".");
    if (const auto* const name = std::get_if<std::string>(&step)) {
      absl::StrAppend(&where, *name);
    } else {
      absl::StrAppend(&where, std::get<int64_t>(step));
    }
  }
  const std::string others =
      count == 1 ? "" : absl::StrCat("; and ", count - 1, " more");
  return Shorten(
      absl::StrCat(where, where.empty() ? "" : ": ", first.message, others));
}

UpstreamError FromEntries(const JsonSlice& array) {
  UpstreamError error;
  size_t count = 0;
  const auto add = [&](const JsonSlice& entry) {
    ++count;
    if (error.violations.size() < kMaxViolations) {
      error.violations.push_back(ViolationOf(entry));
    }
  };
  ForEachJsonElement(array.text, add).IgnoreError();
  if (count > 0) error.message = Summary(error.violations.front(), count);
  return error;
}

UpstreamError WithMessage(std::string message) {
  UpstreamError error;
  error.message = std::move(message);
  return error;
}

UpstreamError FromDetail(const JsonSlice& detail) {
  if (detail.kind == JsonKind::kArray) return FromEntries(detail);
  if (auto message = MessageOf(detail)) return WithMessage(*std::move(message));
  return WithMessage(Text(detail).value_or(QuoteForError(detail.text)));
}

}  // namespace

UpstreamError UpstreamErrorFromBody(absl::string_view body) {
  const absl::string_view trimmed =
      absl::StripAsciiWhitespace(WithoutByteOrderMark(body));
  const auto root = SkimJson(trimmed);
  if (!root.ok()) return WithMessage(QuoteForError(trimmed));
  const auto members = JsonMembers::Read(root->text, {"detail", "error"});
  if (members.ok()) {
    if (const auto detail = members->FindPresent("detail")) {
      return FromDetail(*detail);
    }
    if (auto message = MessageOf(*root)) return WithMessage(*message);
    if (const auto inner = members->FindPresent("error")) {
      if (auto message = MessageOf(*inner)) return WithMessage(*message);
    }
  }
  return WithMessage(Text(*root).value_or(QuoteForError(root->text)));
}

}  // namespace wriftai
