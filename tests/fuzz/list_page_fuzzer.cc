// Parses any bytes as a list page.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/strings/ascii.h"
#include "tests/fuzz/check_prediction.h"
#include "upstream/json/decode_stats.h"

namespace wriftai {
namespace {

void CheckCursor(const std::string& cursor) {
  FUZZ_CHECK(cursor.size() <= kMaxCursorBytes);
  FUZZ_CHECK(std::all_of(cursor.begin(), cursor.end(), absl::ascii_isprint));
}

void CheckPage(absl::string_view text) {
  const auto page = PredictionPageFromJson(text);
  if (!page.ok()) {
    FUZZ_CHECK(page.status().message().size() <= kMaxQuotedBytes + 128);
    return;
  }
  CheckCursor(page->next_cursor);
  CheckCursor(page->previous_cursor);
  FUZZ_CHECK(page->predictions.size() <= kMaxPageItems);
  for (const v1::Prediction& item : page->predictions) {
    CheckPrediction(item, text);
    FUZZ_CHECK(!item.has_input_json() && !item.has_output_json() &&
               !item.has_error() && !item.has_logs());
  }
  DecodeStats stats;
  const size_t names = stats.inexact_fields.size();
  stats.Add(*page);
  FUZZ_CHECK(stats.inexact_fields.size() == names);
  FUZZ_CHECK((stats.skipped_items > 0) ==
             (stats.inexact_fields.at("items") > 0));
}

}  // namespace
}  // namespace wriftai

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  wriftai::CheckPage({reinterpret_cast<const char*>(data), size});
  return 0;
}
