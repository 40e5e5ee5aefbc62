#include "upstream/json/error_json.h"

#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "upstream/core/sanitize.h"
#include "upstream/json/json_fields.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/json_text.h"

namespace wriftai {
namespace {

constexpr size_t kMaxViolations = 100;

// Locations follow the input's nesting; far fewer in practice.
constexpr size_t kMaxLocation = 32;

using Location = std::vector<std::variant<std::string, int64_t>>;

std::string Shorten(absl::string_view text) {
  return SanitizeText(text, kMaxQuotedBytes);
}

// The text of a string, shortened; nothing for other kinds and for blanks.
std::optional<std::string> Text(const std::optional<JsonSlice>& slice) {
  if (!slice.has_value()) return std::nullopt;
  absl::StatusOr<std::string> text = DecodeJsonString(*slice);
  if (!text.ok() || absl::StripAsciiWhitespace(*text).empty()) {
    return std::nullopt;
  }
  return Shorten(*text);
}

// What an object has to say to a person.
std::optional<std::string> MessageOf(const JsonSlice& object) {
  if (object.kind != JsonKind::kObject) return std::nullopt;
  const JsonFields fields(object.text, "");
  for (const char* const name : {"message", "msg", "error", "title"}) {
    if (auto text = Text(fields.Present(name))) return text;
  }
  return std::nullopt;
}

Location LocationOf(const std::optional<JsonSlice>& slice) {
  Location location;
  if (!slice.has_value()) return location;
  const auto elements = ParseJsonArray(slice->text);
  if (!elements.ok()) return location;
  for (const JsonSlice& element : *elements) {
    if (location.size() == kMaxLocation) break;
    int64_t index = 0;
    if (auto text = DecodeJsonString(element); text.ok()) {
      location.emplace_back(Shorten(*text));
    } else if (absl::SimpleAtoi(element.text, &index)) {
      location.emplace_back(index);
    } else {
      location.emplace_back(QuoteForError(element.text));
    }
  }
  return location;
}

UpstreamViolation ViolationOf(const JsonSlice& entry) {
  UpstreamViolation violation;
  if (entry.kind == JsonKind::kObject) {
    const JsonFields fields(entry.text, "");
    violation.location = LocationOf(fields.Present("loc"));
    violation.type = Text(fields.Present("type")).value_or("");
    violation.message = MessageOf(entry).value_or("");
  } else {
    violation.message = Text(entry).value_or("");
  }
  if (violation.message.empty()) violation.message = QuoteForError(entry.text);
  return violation;
}

// "body.input.items.3: message", of the first; the number of the others.
std::string Summary(const UpstreamViolation& first, size_t count) {
  const std::string where = LocationText(first.location);
  const std::string others =
      count == 1 ? "" : absl::StrCat("; and ", count - 1, " more");
  return Shorten(
      absl::StrCat(where, where.empty() ? "" : ": ", first.message, others));
}

void AddEntries(const std::vector<JsonSlice>& entries, UpstreamError& error) {
  for (const JsonSlice& entry : entries) {
    if (error.violations.size() == kMaxViolations) break;
    error.violations.push_back(ViolationOf(entry));
  }
  error.violation_count = entries.size();
  if (entries.empty()) return;
  error.message = Summary(error.violations.front(), entries.size());
  if (error.type.empty()) error.type = error.violations.front().type;
}

// A string, or the digits of a number.
std::string Word(const std::optional<JsonSlice>& slice) {
  if (slice.has_value() && slice->kind == JsonKind::kNumber) {
    return Shorten(slice->text);
  }
  return Text(slice).value_or("");
}

// Type and code, where `object` is one and has them.
void ReadKind(const JsonSlice& object, UpstreamError& error) {
  if (object.kind != JsonKind::kObject) return;
  const JsonFields fields(object.text, "");
  if (error.type.empty()) error.type = Word(fields.Present("type"));
  if (error.code.empty()) error.code = Word(fields.Present("code"));
}

bool IsApiDetail(JsonKind kind) {
  return kind == JsonKind::kString || kind == JsonKind::kArray ||
         kind == JsonKind::kObject;
}

void ReadDetail(const JsonSlice& detail, UpstreamError& error) {
  ReadKind(detail, error);
  error.detail = Text(detail).value_or(Shorten(detail.text));
  if (detail.kind == JsonKind::kArray) {
    const auto entries = ParseJsonArray(detail.text);
    if (entries.ok()) return AddEntries(*entries, error);
  }
  error.message = MessageOf(detail).value_or(error.detail);
}

void ReadObject(const JsonSlice& object, UpstreamError& error) {
  const JsonFields fields(object.text, "");
  ReadKind(object, error);
  const auto inner = fields.Present("error");
  if (inner.has_value()) ReadKind(*inner, error);
  if (const auto detail = fields.Present("detail")) {
    error.is_api_shape = IsApiDetail(detail->kind) &&
                         !fields.Present("status").has_value() &&
                         !fields.Present("title").has_value();
    return ReadDetail(*detail, error);
  }
  auto message = MessageOf(object);
  if (!message.has_value() && inner.has_value()) message = MessageOf(*inner);
  error.message = message.value_or(QuoteForError(object.text));
}

}  // namespace

std::string LocationText(const Location& location) {
  std::string text;
  for (const auto& step : location) {
    absl::StrAppend(&text, text.empty() ? "" : ".");
    if (const auto* const name = std::get_if<std::string>(&step)) {
      absl::StrAppend(&text, *name);
    } else {
      absl::StrAppend(&text, std::get<int64_t>(step));
    }
  }
  return text;
}

UpstreamError UpstreamErrorFromBody(absl::string_view body) {
  UpstreamError error;
  const absl::string_view trimmed = absl::StripAsciiWhitespace(body);
  if (trimmed.size() > kMaxErrorBodyBytes) {
    error.message = QuoteForError(trimmed);
    return error;
  }
  const auto root = ParseJson(trimmed);
  if (!root.ok()) {
    error.message = QuoteForError(trimmed);
  } else if (root->kind == JsonKind::kObject) {
    ReadObject(*root, error);
  } else {
    error.message = Text(*root).value_or(QuoteForError(root->text));
  }
  return error;
}

}  // namespace wriftai
