#include "sandbox/prediction.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace wriftai::sandbox {

std::string Output::Json() const {
  if (generated_bytes > 0) return GeneratedJson(generated_bytes);
  return json == nullptr ? "null" : *json;
}

std::string GeneratedJson(int64_t bytes) {
  constexpr int64_t kMinBytes = 64;
  const size_t size = static_cast<size_t>(std::max(bytes, kMinBytes));
  std::string json = "[";
  json.reserve(size);
  for (int64_t i = 0;; ++i) {
    const std::string record =
        absl::StrCat(R"({"index":)", i, R"(,"score":)", i % 997, ".", i % 10,
                     R"(,"text":"grüße, 世界, привет 🎈 \"quoted\"\n\u00e9"},)");
    // A final string fills the rest; it may be empty.
    if (json.size() + record.size() + 3 > size) break;
    json += record;
  }
  const size_t filler = size - json.size() - 3;
  return absl::StrCat(json, "\"", std::string(filler, 'x'), "\"]");
}

absl::string_view Prediction::StatusAt(absl::Time now) const {
  if (EndedAt(now)) return end.status;
  return StartedAt(now) ? "started" : "pending";
}

absl::Time Prediction::UpdatedAt(absl::Time now) const {
  if (EndedAt(now)) return ends_at;
  if (StartedAt(now)) return starts_at;
  // The API writes a new prediction twice, a few microseconds apart.
  return created_at + absl::Microseconds(10);
}

int64_t Prediction::PayloadBytes() const {
  size_t bytes = input->size() + end.error_json.size();
  if (end.output.json != nullptr && end.output.json != input) {
    bytes += end.output.json->size();
  }
  return static_cast<int64_t>(bytes);
}

}  // namespace wriftai::sandbox
