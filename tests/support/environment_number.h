#ifndef WRIFTAI_TESTS_SUPPORT_ENVIRONMENT_NUMBER_H_
#define WRIFTAI_TESTS_SUPPORT_ENVIRONMENT_NUMBER_H_

#include <cstdint>
#include <cstdlib>

#include "absl/strings/numbers.h"
#include "gtest/gtest.h"

namespace wriftai {

// The environment variable as a number, or `otherwise`. Fails the test if it is
// no number.
inline uint64_t EnvironmentNumber(const char* variable, uint64_t otherwise) {
  const char* const text = std::getenv(variable);
  if (text == nullptr) return otherwise;
  uint64_t value = 0;
  EXPECT_TRUE(absl::SimpleAtoi(text, &value)) << variable << "=" << text;
  return value;
}

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_ENVIRONMENT_NUMBER_H_
