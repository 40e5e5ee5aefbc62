#ifndef WRIFTAI_TESTS_UPSTREAM_JSON_PREDICTION_BODY_H_
#define WRIFTAI_TESTS_UPSTREAM_JSON_PREDICTION_BODY_H_

#include <cstddef>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "upstream/json/prediction_json.h"

// Bodies of responses with one prediction, and how they are read.

namespace wriftai {

// The minimal body plus `members`.
inline std::string BodyWith(absl::string_view members) {
  return absl::StrCat(R"({"id":"c12258c4-ed83-4d7b-a784-8ed55412325a",)",
                      R"("status":"pending")", members.empty() ? "" : ",",
                      members, "}");
}

// A member's value of `depth` levels.
inline std::string Nested(size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

// Expects that `json` can be read.
inline v1::Prediction ReadPrediction(absl::string_view json) {
  const auto prediction = PredictionFromJson(json);
  EXPECT_THAT(prediction, IsOk());
  return prediction.value_or(v1::Prediction());
}

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_UPSTREAM_JSON_PREDICTION_BODY_H_
