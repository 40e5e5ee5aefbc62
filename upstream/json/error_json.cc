#include "upstream/json/error_json.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "upstream/json/json_fields.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/json_text.h"

namespace wriftai {
namespace {

constexpr size_t kMaxViolations = 100;

// Locations follow the input's nesting; far fewer in practice.
constexpr size_t kMaxLocation = 32;

using Location = std::vector<std::variant<std::string, int64_t>>;

// `text` cut to kMaxQuotedBytes at a character's border, without control
// characters. Unlike QuoteForError() it keeps other languages.
std::string Shorten(std::string text) {
  if (text.size() > kMaxQuotedBytes) {
    size_t size = kMaxQuotedBytes;
    while ((static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) --size;
    text.resize(size);
  }
  std::replace_if(text.begin(), text.end(), absl::ascii_iscntrl, ' ');
  return text;
}

// The text of a string, shortened; nothing for other kinds and for blanks.
std::optional<std::string> Text(const std::optional<JsonSlice>& slice) {
  if (!slice.has_value()) return std::nullopt;
  absl::StatusOr<std::string> text = DecodeJsonString(*slice);
  if (!text.ok() || absl::StripAsciiWhitespace(*text).empty()) {
    return std::nullopt;
  }
  return Shorten(*std::move(text));
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
      location.emplace_back(Shorten(*std::move(text)));
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

UpstreamError FromEntries(const std::vector<JsonSlice>& entries) {
  UpstreamError error;
  for (const JsonSlice& entry : entries) {
    if (error.violations.size() == kMaxViolations) break;
    error.violations.push_back(ViolationOf(entry));
  }
  if (!entries.empty()) {
    error.message = Summary(error.violations.front(), entries.size());
  }
  return error;
}

UpstreamError WithMessage(std::string message) {
  UpstreamError error;
  error.message = std::move(message);
  return error;
}

UpstreamError FromDetail(const JsonSlice& detail) {
  if (detail.kind == JsonKind::kArray) {
    const auto entries = ParseJsonArray(detail.text);
    if (entries.ok()) return FromEntries(*entries);
  }
  if (auto message = MessageOf(detail)) return WithMessage(*std::move(message));
  return WithMessage(Text(detail).value_or(QuoteForError(detail.text)));
}

}  // namespace

UpstreamError UpstreamErrorFromBody(absl::string_view body) {
  const absl::string_view trimmed = absl::StripAsciiWhitespace(body);
  const auto root = ParseJson(trimmed);
  if (!root.ok()) return WithMessage(QuoteForError(trimmed));
  if (root->kind == JsonKind::kObject) {
    const JsonFields fields(root->text, "");
    if (const auto detail = fields.Present("detail")) {
      return FromDetail(*detail);
    }
    if (auto message = MessageOf(*root)) return WithMessage(*message);
    if (const auto inner = fields.Present("error")) {
      if (auto message = MessageOf(*inner)) return WithMessage(*message);
    }
  }
  return WithMessage(Text(*root).value_or(QuoteForError(root->text)));
}

}  // namespace wriftai
