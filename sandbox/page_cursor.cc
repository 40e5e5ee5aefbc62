#include "sandbox/page_cursor.h"

#include <variant>

#include "absl/strings/escaping.h"
#include "sandbox/json.h"

namespace wriftai::sandbox {

std::string PageCursor::Encode() const {
  return absl::WebSafeBase64Escape(
      JsonObject()
          .Number(direction == Direction::kOlder ? "older" : "newer",
                  static_cast<int64_t>(sequence))
          .Take());
}

std::optional<PageCursor> PageCursor::Decode(absl::string_view text) {
  std::string json;
  if (!absl::WebSafeBase64Unescape(text, &json)) return std::nullopt;
  const auto parsed = ParseJson(json);
  const auto* const value = std::get_if<JsonValue>(&parsed);
  if (value == nullptr) return std::nullopt;
  for (const Direction direction : {Direction::kOlder, Direction::kNewer}) {
    const auto found =
        value->Find(direction == Direction::kOlder ? "older" : "newer");
    if (!found.has_value()) continue;
    const std::optional<int64_t> sequence = found->AsInteger();
    if (!sequence.has_value() || *sequence < 0) return std::nullopt;
    return PageCursor{direction, static_cast<uint64_t>(*sequence)};
  }
  return std::nullopt;
}

}  // namespace wriftai::sandbox
