#include "sandbox/router.h"

#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace wriftai::sandbox {
namespace {

struct Pattern {
  absl::string_view method;
  absl::string_view path;
  Endpoint endpoint;
};

constexpr Pattern kPatterns[] = {
    {"POST", "/v1/predictions", Endpoint::kCreate},
    {"GET", "/v1/predictions", Endpoint::kList},
    {"GET", "/v1/predictions/{prediction_id}", Endpoint::kGet},
    {"POST", "/v1/predictions/{prediction_id}/cancel", Endpoint::kCancel},
    {"POST", "/v1/models/{owner}/{name}/predictions", Endpoint::kCreateLatest},
    {"POST", "/v1/models/{owner}/{name}/versions/{number}/predictions",
     Endpoint::kCreateVersion},
};

// The values of the names in `pattern`, if `path` matches it.
std::optional<std::vector<std::string>> Match(absl::string_view pattern,
                                              absl::string_view path) {
  const std::vector<absl::string_view> want = absl::StrSplit(pattern, '/');
  const std::vector<absl::string_view> got = absl::StrSplit(path, '/');
  if (want.size() != got.size()) return std::nullopt;
  std::vector<std::string> arguments;
  for (size_t i = 0; i < want.size(); ++i) {
    std::string segment = PercentDecode(got[i]);
    if (!absl::StartsWith(want[i], "{")) {
      if (segment != want[i]) return std::nullopt;
    } else {
      if (segment.empty()) return std::nullopt;
      arguments.push_back(std::move(segment));
    }
  }
  return arguments;
}

}  // namespace

Route FindRoute(absl::string_view method, absl::string_view path) {
  Route route;
  for (const Pattern& pattern : kPatterns) {
    auto arguments = Match(pattern.path, path);
    if (!arguments.has_value()) continue;
    route.pattern = pattern.path;
    if (pattern.method == method) {
      route.endpoint = pattern.endpoint;
      route.arguments = *std::move(arguments);
      return route;
    }
    route.endpoint = Endpoint::kUnknownMethod;
    absl::StrAppend(&route.allowed_methods,
                    route.allowed_methods.empty() ? "" : ", ", pattern.method);
  }
  return route;
}

std::string PercentDecode(absl::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    const absl::string_view digits = text.substr(i + 1).substr(0, 2);
    if (text[i] == '%' && digits.size() == 2 &&
        absl::c_all_of(digits, absl::ascii_isxdigit)) {
      decoded += absl::HexStringToBytes(digits);
      i += 2;
    } else {
      decoded += text[i];
    }
  }
  return decoded;
}

QueryValue FindQueryValue(absl::string_view query, absl::string_view name) {
  for (absl::string_view pair : absl::StrSplit(query, '&')) {
    if (!absl::ConsumePrefix(&pair, name)) continue;
    if (!pair.empty() && !absl::ConsumePrefix(&pair, "=")) continue;
    return {true, PercentDecode(absl::StrReplaceAll(pair, {{"+", " "}}))};
  }
  return {};
}

}  // namespace wriftai::sandbox
