#ifndef WRIFTAI_TESTS_FUZZ_CHECK_PREDICTION_H_
#define WRIFTAI_TESTS_FUZZ_CHECK_PREDICTION_H_

#include <algorithm>
#include <iterator>
#include <string>

#include "absl/strings/string_view.h"
#include "base/uuid.h"
#include "tests/fuzz/check.h"
#include "upstream/json/json_limits.h"
#include "upstream/json/json_text.h"
#include "upstream/json/prediction_json.h"

namespace wriftai {

// Checks that the prediction decoded from `text` is bounded, has only UTF-8
// strings, and contains payloads exactly as in `text`.
inline void CheckPrediction(const v1::Prediction& prediction,
                            absl::string_view text) {
  FUZZ_CHECK(UuidFromText(prediction.id()) == prediction.id());
  FUZZ_CHECK(!prediction.status_text().empty() &&
             prediction.status_text().size() <= kMaxStatusBytes);
  FUZZ_CHECK(prediction.model().owner().size() <= kMaxModelNameBytes);
  FUZZ_CHECK(prediction.model().name().size() <= kMaxModelNameBytes);
  FUZZ_CHECK(prediction.setup_time().size() <= kMaxTimeBytes);
  FUZZ_CHECK(prediction.execution_time().size() <= kMaxTimeBytes);
  FUZZ_CHECK(prediction.url().size() <= kMaxUrlBytes);
  FUZZ_CHECK(prediction.error().source().size() <= kMaxErrorSourceBytes);
  FUZZ_CHECK(prediction.error().message().size() <= kMaxErrorMessageBytes);
  for (const std::string* const payload :
       {&prediction.input_json(), &prediction.output_json(),
        &prediction.error().detail_json()}) {
    if (payload->empty()) continue;
    FUZZ_CHECK(text.find(*payload) != absl::string_view::npos);
    FUZZ_CHECK(ParseJson(*payload).ok());
  }
  for (const std::string& name : prediction.inexact_fields()) {
    FUZZ_CHECK(std::find(std::begin(kInexactFieldNames),
                         std::end(kInexactFieldNames),
                         name) != std::end(kInexactFieldNames));
  }
  v1::Prediction read;
  FUZZ_CHECK(read.ParseFromString(prediction.SerializeAsString()));
}

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_FUZZ_CHECK_PREDICTION_H_
