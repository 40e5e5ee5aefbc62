#ifndef WRIFTAI_TESTS_SUPPORT_STATUS_MATCHERS_H_
#define WRIFTAI_TESTS_SUPPORT_STATUS_MATCHERS_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"

// Matchers for absl::Status and absl::StatusOr<T>, which this abseil lacks.
// There is deliberately no matcher for any error: tests name the expected code.

namespace wriftai {

inline const absl::Status& StatusOf(const absl::Status& status) {
  return status;
}

template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

// EXPECT_THAT(status, IsOk());
MATCHER(IsOk, negation ? "is an error" : "is OK") {
  *result_listener << "whose status is " << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}

// EXPECT_THAT(result, StatusIs(absl::StatusCode::kNotFound));
// The code may be a matcher as well, such as AnyOf().
MATCHER_P(StatusIs, code, "has the expected code") {
  *result_listener << "whose status is " << StatusOf(arg).ToString() << " ";
  return testing::ExplainMatchResult(code, StatusOf(arg).code(),
                                     result_listener);
}

// EXPECT_THAT(result, StatusIs(absl::StatusCode::kNotFound, "no such id"));
// The message is a string or a string matcher, such as HasSubstr().
MATCHER_P2(StatusIs, code, message, "has the expected code and message") {
  *result_listener << "whose status is " << StatusOf(arg).ToString() << " ";
  return testing::ExplainMatchResult(code, StatusOf(arg).code(),
                                     result_listener) &&
         testing::ExplainMatchResult(
             message, std::string(StatusOf(arg).message()), result_listener);
}

// EXPECT_THAT(result, IsOkAndHolds(ElementsAre(1, 2)));
MATCHER_P(IsOkAndHolds, value, "is OK and holds the expected value") {
  if (!arg.ok()) {
    *result_listener << "whose status is " << arg.status().ToString();
    return false;
  }
  return testing::ExplainMatchResult(value, *arg, result_listener);
}

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_STATUS_MATCHERS_H_
