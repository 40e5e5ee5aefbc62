#include "service/tracing/redact_headers.h"

#include "gtest/gtest.h"

namespace wriftai {
namespace {

TEST(RedactHeadersTest, HidesValuesAndTheirLastWords) {
  const std::vector<std::pair<std::string, Secret>> headers = {
      {"authorization", Secret("Bearer s3cr3t-1")},
      {"api-key", Secret("s3cr3t-22")},
      {"short", Secret("s3cr3t")},
      {"empty", Secret("")},
      {"spaces", Secret("  ")},
      {"ending", Secret("k3y ")}};
  const auto redact = [&headers](const char* text) {
    return RedactHeaders(text, headers);
  };
  EXPECT_EQ(redact("invalid: Bearer s3cr3t-1"), "invalid: [redacted]");
  EXPECT_EQ(redact("no token s3cr3t-1!"), "no token [redacted]!");
  EXPECT_EQ(redact("s3cr3t-22, s3cr3t-22"), "[redacted], [redacted]");
  EXPECT_EQ(redact("(k3y)"), "([redacted])");
  EXPECT_EQ(redact("Bearer of news"), "Bearer of news");
  EXPECT_EQ(redact(""), "");
}

}  // namespace
}  // namespace wriftai
