#include "upstream/json/json_fields.h"

#include <algorithm>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace wriftai {

JsonFields::JsonFields(absl::string_view text, std::string path)
    : path_(std::move(path)) {
  absl::StatusOr<std::vector<JsonMember>> members = ParseJsonObject(text);
  if (members.ok()) {
    members_ = *std::move(members);
    return;
  }
  status_ = absl::InvalidArgumentError(
      absl::StrCat(path_, path_.empty() ? "" : ": ", members.status().message(),
                   ": ", QuoteForError(text)));
}

std::optional<std::string> JsonFields::String(absl::string_view name) {
  const std::optional<JsonSlice> slice = Present(name);
  if (!slice.has_value()) return std::nullopt;
  absl::StatusOr<std::string> text = DecodeJsonString(*slice);
  if (text.ok()) return *std::move(text);
  Refuse(name, "a string");
  return std::nullopt;
}

std::string JsonFields::RequiredString(absl::string_view name) {
  std::optional<std::string> text = String(name);
  if (!text.has_value()) Refuse(name, "a string");
  return std::move(text).value_or("");
}

std::optional<std::string> JsonFields::StringOrNumber(absl::string_view name) {
  const std::optional<JsonSlice> slice = Present(name);
  if (slice.has_value() && slice->kind == JsonKind::kNumber) {
    return std::string(slice->text);
  }
  return String(name);
}

std::optional<int64_t> JsonFields::Integer(absl::string_view name) {
  const std::optional<JsonSlice> slice = Present(name);
  if (!slice.has_value()) return std::nullopt;
  int64_t value = 0;
  if (slice->kind == JsonKind::kNumber &&
      absl::SimpleAtoi(slice->text, &value)) {
    return value;
  }
  Refuse(name, "a whole number");
  return std::nullopt;
}

std::optional<std::vector<std::string>> JsonFields::Strings(
    absl::string_view name) {
  const std::optional<JsonSlice> slice = Present(name);
  if (!slice.has_value()) return std::nullopt;
  const absl::StatusOr<std::vector<JsonSlice>> elements =
      ParseJsonArray(slice->text);
  std::vector<std::string> strings;
  bool all_strings = elements.ok();
  if (all_strings) {
    strings.reserve(elements->size());
    for (const JsonSlice& element : *elements) {
      absl::StatusOr<std::string> text = DecodeJsonString(element);
      all_strings = text.ok();
      if (!all_strings) break;
      strings.push_back(*std::move(text));
    }
  }
  if (all_strings) return strings;
  Refuse(name, "an array of strings");
  return std::nullopt;
}

std::optional<JsonSlice> JsonFields::Present(absl::string_view name) const {
  const std::optional<JsonSlice> slice = Raw(name);
  if (slice.has_value() && slice->kind == JsonKind::kNull) return std::nullopt;
  return slice;
}

std::optional<JsonSlice> JsonFields::Raw(absl::string_view name) const {
  const auto last =
      std::find_if(members_.rbegin(), members_.rend(),
                   [name](const JsonMember& m) { return m.key == name; });
  if (last == members_.rend()) return std::nullopt;
  return last->value;
}

std::string JsonFields::PathOf(absl::string_view name) const {
  return absl::StrCat(path_, path_.empty() ? "" : ".", name);
}

void JsonFields::Refuse(absl::string_view name, absl::string_view wanted) {
  const std::optional<JsonSlice> slice = Raw(name);
  status_.Update(absl::InvalidArgumentError(absl::StrCat(
      PathOf(name), ": wanted ", wanted, ", got ",
      slice.has_value() ? QuoteForError(slice->text) : "nothing")));
}

}  // namespace wriftai
