#include "service/tracing/otel_variables.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace wriftai {
namespace {

// nullopt if a % is not followed by two hex digits.
std::optional<std::string> PercentDecode(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded.push_back(text[i]);
      continue;
    }
    const absl::string_view digits = text.substr(i + 1, 2);
    if (digits.size() < 2 || !absl::ascii_isxdigit(digits[0]) ||
        !absl::ascii_isxdigit(digits[1])) {
      return std::nullopt;
    }
    decoded += absl::HexStringToBytes(digits);
    i += 2;
  }
  return decoded;
}

}  // namespace

OtelVariables::Variable OtelVariables::Find(std::string name) const {
  const char* const value = environment_(name.c_str());
  return {std::move(name), value == nullptr
                               ? absl::string_view()
                               : absl::StripAsciiWhitespace(value)};
}

OtelVariables::Variable OtelVariables::FindOtlp(absl::string_view name) const {
  Variable variable = Find(absl::StrCat("OTEL_EXPORTER_OTLP_TRACES_", name));
  if (variable.set()) return variable;
  return Find(absl::StrCat("OTEL_EXPORTER_OTLP_", name));
}

void OtelVariables::Fail(const Variable& variable, absl::string_view expected) {
  status_.Update(absl::InvalidArgumentError(
      absl::StrCat(variable.name, ": expected ", expected)));
}

void OtelVariables::Read(const Variable& variable, bool& result) {
  if (!variable.set()) return;
  if (absl::EqualsIgnoreCase(variable.value, "true")) {
    result = true;
  } else if (absl::EqualsIgnoreCase(variable.value, "false")) {
    result = false;
  } else {
    Fail(variable, "true or false");
  }
}

void OtelVariables::Read(const Variable& variable, int64_t min, int64_t max,
                         int64_t& result) {
  if (!variable.set()) return;
  int64_t value = 0;
  if (!absl::SimpleAtoi(variable.value, &value) || value < min || value > max) {
    return Fail(variable, absl::StrCat("an integer from ", min, " to ", max));
  }
  result = value;
}

void OtelVariables::Read(const Variable& variable, double min, double max,
                         double& result) {
  if (!variable.set()) return;
  double value = 0;
  // Not "value < min || ...", which is false for NaN.
  if (!absl::SimpleAtod(variable.value, &value) ||
      !(value >= min && value <= max)) {
    return Fail(variable, absl::StrCat("a number from ", min, " to ", max));
  }
  result = value;
}

void OtelVariables::ReadMilliseconds(const Variable& variable,
                                     absl::Duration max,
                                     absl::Duration& result) {
  if (!variable.set()) return;
  int64_t value = 0;
  const int64_t max_value = absl::ToInt64Milliseconds(max);
  if (!absl::SimpleAtoi(variable.value, &value) || value < 1 ||
      value > max_value) {
    return Fail(variable, absl::StrCat("milliseconds from 1 to ", max_value));
  }
  result = absl::Milliseconds(value);
}

void OtelVariables::ReadOneOf(const Variable& variable,
                              const std::vector<absl::string_view>& names,
                              size_t& result) {
  if (!variable.set()) return;
  const auto found = std::find(names.begin(), names.end(), variable.value);
  if (found == names.end()) {
    return Fail(variable, absl::StrJoin(names, ", "));
  }
  result = static_cast<size_t>(found - names.begin());
}

void OtelVariables::ReadPairs(const Variable& variable, Pairs& result) {
  if (!variable.set()) return;
  for (absl::string_view pair : absl::StrSplit(variable.value, ',')) {
    pair = absl::StripAsciiWhitespace(pair);
    if (pair.empty()) continue;
    const size_t equals = pair.find('=');
    const auto decode = [&](absl::string_view text) {
      return PercentDecode(absl::StripAsciiWhitespace(text));
    };
    const auto key = decode(pair.substr(0, equals));
    if (equals == absl::string_view::npos || !key.has_value() || key->empty()) {
      return Fail(variable, "key=value pairs, separated by commas");
    }
    auto value = decode(pair.substr(equals + 1));
    if (!value.has_value()) {
      return Fail(variable,
                  "percent-encoded values: two hex digits after each %");
    }
    result.emplace_back(*key, *std::move(value));
  }
}

}  // namespace wriftai
