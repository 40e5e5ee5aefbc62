// Parses any bytes as the prediction in a response or a webhook.

#include <cstddef>
#include <cstdint>

#include "tests/fuzz/check_prediction.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  const auto prediction = wriftai::PredictionFromJson(text);
  if (prediction.ok()) {
    wriftai::CheckPrediction(*prediction, text);
  } else {
    FUZZ_CHECK(prediction.status().message().size() <=
               wriftai::kMaxQuotedBytes + 128);
  }
  return 0;
}
