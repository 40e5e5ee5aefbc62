#ifndef WRIFTAI_TESTS_SERVICE_PARSE_CONFIG_H_
#define WRIFTAI_TESTS_SERVICE_PARSE_CONFIG_H_

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "service/config.h"
#include "tests/support/status_matchers.h"

namespace wriftai {

// Parses the gateway's command line in that environment.
inline absl::StatusOr<CommandLine> Parse(
    const std::vector<std::string>& arguments,
    const std::map<std::string, std::string>& environment = {}) {
  return ParseCommandLine(arguments, [&](const char* name) -> const char* {
    const auto found = environment.find(name);
    return found == environment.end() ? nullptr : found->second.c_str();
  });
}

// Parses `more` and `flag` with each of `values`.
inline void ExpectRejected(const std::string& flag,
                           const std::vector<std::string>& values,
                           std::vector<std::string> more = {}) {
  for (const std::string& value : values) {
    std::vector<std::string> arguments = more;
    arguments.push_back(flag + "=" + value);
    const auto line = Parse(arguments);
    EXPECT_THAT(line, StatusIs(absl::StatusCode::kInvalidArgument)) << value;
    EXPECT_THAT(std::string(line.status().message()),
                ::testing::HasSubstr(flag + ": expected "))
        << value;
  }
}

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SERVICE_PARSE_CONFIG_H_
