#include "upstream/json/json_fields.h"

#include <algorithm>
#include <deque>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/utf8.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/json_string.h"
#include "upstream/json/rfc3339.h"

namespace wriftai {
namespace {

// The longest text of a string within the limit: \uXXXX for each byte, and the
// quotes. Longer ones need not be decoded.
bool MayBeWithin(const JsonSlice& slice, size_t max_bytes) {
  return slice.kind == JsonKind::kString &&
         slice.text.size() <= 6 * max_bytes + 2;
}

// The last `max_lines` strings in `array`; nullopt if it has other elements.
// Sets `all` to false if there are more.
std::optional<std::deque<JsonSlice>> LastStrings(const JsonSlice& array,
                                                 size_t max_lines, bool& all) {
  std::deque<JsonSlice> last;
  bool strings = true;
  const absl::Status status =
      ForEachJsonElement(array.text, [&](const JsonSlice& element) {
        strings &= element.kind == JsonKind::kString;
        last.push_back(element);
        if (last.size() > max_lines) {
          last.pop_front();
          all = false;
        }
      });
  if (!status.ok() || !strings) return std::nullopt;
  return last;
}

}  // namespace

void InexactFields::Add(absl::string_view name) {
  if (std::find(names_.begin(), names_.end(), name) == names_.end()) {
    names_.emplace_back(name);
  }
}

std::optional<std::string> JsonFields::Line(absl::string_view name,
                                            size_t max_bytes) {
  const std::optional<JsonSlice> slice = members_.FindPresent(name);
  if (!slice.has_value()) return std::nullopt;
  if (MayBeWithin(*slice, max_bytes)) {
    const DecodedString decoded = DecodeJsonToken(slice->text);
    std::string line = LineSafe(decoded.text);
    if (!decoded.exact || line != decoded.text) MarkInexact(name);
    if (line.size() <= max_bytes) return line;
  }
  MarkInexact(name);
  return std::nullopt;
}

std::optional<std::string> JsonFields::LineOrNumber(absl::string_view name,
                                                    size_t max_bytes) {
  const std::optional<JsonSlice> slice = members_.FindPresent(name);
  if (slice.has_value() && slice->kind == JsonKind::kNumber &&
      slice->text.size() <= max_bytes) {
    return std::string(slice->text);
  }
  return Line(name, max_bytes);
}

std::optional<std::string> JsonFields::Text(absl::string_view name,
                                            size_t max_bytes) {
  const std::optional<JsonSlice> slice = members_.FindPresent(name);
  if (!slice.has_value()) return std::nullopt;
  if (slice->kind != JsonKind::kString) {
    MarkInexact(name);
    return std::nullopt;
  }
  DecodedString decoded = DecodeJsonToken(slice->text);
  const absl::string_view within = Utf8Prefix(decoded.text, max_bytes);
  if (!decoded.exact || within.size() < decoded.text.size()) MarkInexact(name);
  return std::string(within);
}

std::optional<std::vector<std::string>> JsonFields::Lines(
    absl::string_view name, size_t max_lines, size_t max_bytes) {
  const std::optional<JsonSlice> slice = members_.FindPresent(name);
  if (!slice.has_value()) return std::nullopt;
  bool exact = true;
  const auto last = LastStrings(*slice, max_lines, exact);
  if (!last.has_value()) {
    MarkInexact(name);
    return std::nullopt;
  }
  std::vector<std::string> lines;
  for (auto line = last->rbegin(); line != last->rend(); ++line) {
    DecodedString decoded = DecodeJsonToken(line->text);
    const bool fits = decoded.text.size() <= max_bytes;
    exact &= decoded.exact && fits;
    if (!fits) break;
    max_bytes -= decoded.text.size();
    lines.push_back(std::move(decoded.text));
  }
  std::reverse(lines.begin(), lines.end());
  if (!exact) MarkInexact(name);
  return lines;
}

std::optional<std::string> JsonFields::Cursor(absl::string_view name) {
  std::optional<std::string> cursor = LineOrNumber(name, kMaxCursorBytes);
  if (!cursor.has_value() ||
      std::all_of(cursor->begin(), cursor->end(), absl::ascii_isprint)) {
    return cursor;
  }
  MarkInexact(name);
  return std::nullopt;
}

std::optional<int64_t> JsonFields::Integer(absl::string_view name) {
  const std::optional<JsonSlice> slice = members_.FindPresent(name);
  if (!slice.has_value()) return std::nullopt;
  int64_t value = 0;
  if (slice->kind == JsonKind::kNumber &&
      absl::SimpleAtoi(slice->text, &value)) {
    return value;
  }
  MarkInexact(name);
  return std::nullopt;
}

std::optional<google::protobuf::Timestamp> JsonFields::Time(
    absl::string_view name) {
  const std::optional<std::string> text = Line(name, kMaxTimeBytes);
  if (!text.has_value()) return std::nullopt;
  auto time = TimestampFromRfc3339(*text);
  if (!time.has_value()) MarkInexact(name);
  return time;
}

std::optional<absl::string_view> JsonFields::Payload(absl::string_view name) {
  const std::optional<JsonSlice> slice = members_.Find(name);
  if (!slice.has_value()) return std::nullopt;
  if (IsPayload(*slice)) return slice->text;
  MarkInexact(name);
  return std::nullopt;
}

std::optional<JsonSlice> JsonFields::Object(absl::string_view name) {
  const std::optional<JsonSlice> slice = members_.FindPresent(name);
  if (!slice.has_value() || slice->kind == JsonKind::kObject) return slice;
  MarkInexact(name);
  return std::nullopt;
}

void JsonFields::MarkInexact(absl::string_view name) {
  inexact_.Add(absl::StrCat(prefix_, name));
}

}  // namespace wriftai
