#include "upstream/json/json_number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace wriftai {
namespace {

// Enough digits to distinguish any two doubles.
constexpr size_t kMaxDigits = 17;

// Beyond any exponent of a double, even when offset by the digits of a text,
// yet far from overflow.
constexpr int64_t kHugeExponent = int64_t{1} << 50;

// 0.DIGITS times ten to the power of `exponent`. The digits neither begin nor
// end with 0, so equal numbers have equal members. No digits means zero.
struct Decimal {
  bool negative = false;
  std::string digits;
  int64_t exponent = 0;

  friend bool operator==(const Decimal& a, const Decimal& b) {
    return a.negative == b.negative && a.digits == b.digits &&
           a.exponent == b.exponent;
  }
};

int64_t ReadExponent(absl::string_view text) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  absl::ConsumePrefix(&text, "+");
  int64_t value = 0;
  for (const char c : text) {
    value = std::min(value * 10 + (c - '0'), kHugeExponent);
  }
  return negative ? -value : value;
}

bool IsZeroOrPoint(char c) { return c == '0' || c == '.'; }

// `number` as a Decimal; nullopt if it has more than kMaxDigits. Takes linear
// time.
std::optional<Decimal> Normalize(absl::string_view number) {
  Decimal decimal;
  decimal.negative = absl::ConsumePrefix(&number, "-");
  size_t e = 0;
  while (e < number.size() && number[e] != 'e' && number[e] != 'E') ++e;
  const absl::string_view mantissa = number.substr(0, e);
  size_t first = 0;
  while (first < e && IsZeroOrPoint(mantissa[first])) ++first;
  if (first == e) return decimal;
  size_t end = e;
  while (IsZeroOrPoint(mantissa[end - 1])) --end;
  for (const char c : mantissa.substr(first, end - first)) {
    if (c == '.') continue;
    if (decimal.digits.size() == kMaxDigits) return std::nullopt;
    decimal.digits.push_back(c);
  }
  const auto point = static_cast<int64_t>(std::min(mantissa.find('.'), e));
  const auto begin = static_cast<int64_t>(first);
  decimal.exponent = begin < point ? point - begin : point - begin + 1;
  if (e < number.size()) decimal.exponent += ReadExponent(number.substr(e + 1));
  return decimal;
}

// The shortest digits that read back as `number`, as D.DDDe+XX.
std::string ShortestScientific(double number) {
  char buffer[32];
  const auto result = std::to_chars(buffer, buffer + sizeof(buffer), number,
                                    std::chars_format::scientific);
  return std::string(buffer, result.ptr);
}

}  // namespace

std::optional<double> ExactDouble(absl::string_view number) {
  // Fast path: a decimal of at most 15 digits (DBL_DIG) is the shortest decimal
  // of its double, and one this short is far from a double's limits.
  if (number.size() <= std::numeric_limits<double>::digits10 &&
      number.find_first_of("eE") == absl::string_view::npos) {
    double value = 0;
    std::from_chars(number.data(), number.data() + number.size(), value);
    return value;
  }
  const std::optional<Decimal> decimal = Normalize(number);
  if (!decimal.has_value()) return std::nullopt;
  if (decimal->digits.empty()) return decimal->negative ? -0.0 : 0.0;
  // Now short, whatever its original length. Unlike strtod(), from_chars() does
  // not depend on the locale.
  const std::string canonical =
      absl::StrCat(decimal->negative ? "-" : "", "0.", decimal->digits, "e",
                   decimal->exponent);
  double value = 0;
  const auto result = std::from_chars(
      canonical.data(), canonical.data() + canonical.size(), value);
  if (result.ec != std::errc() || !std::isfinite(value) || value == 0) {
    return std::nullopt;
  }
  if (Normalize(ShortestScientific(value)) == decimal) return value;
  return std::nullopt;
}

std::string JsonFromDouble(double number) {
  constexpr double kTwoTo53 = 9007199254740992.0;
  char buffer[32];
  char* end = nullptr;
  if (std::abs(number) > kTwoTo53) return ShortestScientific(number);
  if (std::trunc(number) == number) {
    end = std::to_chars(buffer, buffer + sizeof(buffer), number,
                        std::chars_format::fixed)
              .ptr;
  } else {
    end = std::to_chars(buffer, buffer + sizeof(buffer), number).ptr;
  }
  return std::string(buffer, end);
}

}  // namespace wriftai
