#include "upstream/json/error_json.h"

#include <initializer_list>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/json_members.h"
#include "upstream/json/json_string.h"
#include "upstream/json/json_text.h"

namespace wriftai {
namespace {

constexpr size_t kMaxViolations = 100;

// Locations follow the input's nesting; most are far shorter.
constexpr size_t kMaxLocation = 32;

using Location = std::vector<std::variant<std::string, int64_t>>;

std::string Shorten(absl::string_view text) {
  return SanitizeText(text, kMaxQuotedBytes);
}

// The text of a string, shortened; nullopt for other kinds and blank strings.
std::optional<std::string> Text(const std::optional<JsonSlice>& slice) {
  if (!slice.has_value() || slice->kind != JsonKind::kString) {
    return std::nullopt;
  }
  const std::string text = DecodeJsonToken(slice->text).text;
  if (absl::StripAsciiWhitespace(text).empty()) return std::nullopt;
  return Shorten(text);
}

// The human-readable message of an object.
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
  // Other kinds than arrays have no location.
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

// "body.input.items.3: message" of the first violation, and the number of
// others.
std::string Summary(const UpstreamViolation& first, size_t count) {
  const std::string where = LocationText(first.location);
  const std::string others =
      count == 1 ? "" : absl::StrCat("; and ", count - 1, " more");
  return Shorten(
      absl::StrCat(where, where.empty() ? "" : ": ", first.message, others));
}

void AddEntries(const JsonSlice& array, UpstreamError& error) {
  const auto add = [&](const JsonSlice& entry) {
    ++error.violation_count;
    if (error.violations.size() < kMaxViolations) {
      error.violations.push_back(ViolationOf(entry));
    }
  };
  ForEachJsonElement(array.text, add).IgnoreError();
  if (error.violations.empty()) return;
  const UpstreamViolation& first = error.violations.front();
  error.message = Summary(first, error.violation_count);
  if (error.type.empty()) error.type = first.type;
}

// A string, or the digits of a number.
std::string Word(const std::optional<JsonSlice>& slice) {
  if (slice.has_value() && slice->kind == JsonKind::kNumber) {
    return Shorten(slice->text);
  }
  return Text(slice).value_or("");
}

// Reads type and code if `object` is an object that has them.
void ReadKind(const JsonSlice& object, UpstreamError& error) {
  if (object.kind != JsonKind::kObject) return;
  const auto members = JsonMembers::Read(object.text, {"type", "code"});
  if (!members.ok()) return;
  if (error.type.empty()) error.type = Word(members->FindPresent("type"));
  if (error.code.empty()) error.code = Word(members->FindPresent("code"));
}

// Whether `object`, which has the member `detail`, has the API's own shape.
bool IsApiShape(const JsonSlice& object, const JsonSlice& detail) {
  if (detail.kind != JsonKind::kString && detail.kind != JsonKind::kArray &&
      detail.kind != JsonKind::kObject) {
    return false;
  }
  size_t members = 0;
  const auto count = [&](absl::string_view, const JsonSlice&) { ++members; };
  return ForEachJsonMember(object.text, count).ok() && members == 1;
}

void ReadDetail(const JsonSlice& detail, UpstreamError& error) {
  ReadKind(detail, error);
  error.detail = Text(detail).value_or(Shorten(detail.text));
  if (detail.kind == JsonKind::kArray) return AddEntries(detail, error);
  error.message = MessageOf(detail).value_or(error.detail);
}

void ReadObject(const JsonSlice& object, UpstreamError& error) {
  const auto members = JsonMembers::Read(object.text, {"detail", "error"});
  if (!members.ok()) return;
  ReadKind(object, error);
  const auto inner = members->FindPresent("error");
  if (inner.has_value()) ReadKind(*inner, error);
  if (const auto detail = members->FindPresent("detail")) {
    error.is_api_shape = IsApiShape(object, *detail);
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
  const absl::string_view trimmed =
      absl::StripAsciiWhitespace(WithoutByteOrderMark(body));
  if (trimmed.size() > kMaxErrorBodyBytes) {
    error.message = QuoteForError(trimmed);
    return error;
  }
  const auto root = SkimJson(trimmed);
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
