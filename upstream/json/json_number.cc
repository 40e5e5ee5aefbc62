#include "upstream/json/json_number.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <system_error>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace wriftai {
namespace {

// No double needs more digits to be told from its neighbours.
constexpr size_t kMaxDigits = 17;

// Beyond any exponent of a double, and any that the digits of a text could
// bring back into range, yet far from overflow.
constexpr int64_t kHugeExponent = int64_t{1} << 50;

// 0.DIGITS times ten to the power of `exponent`. The digits neither begin nor
// end with 0, so that equal numbers have equal members; none are zero.
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

// `number` as a Decimal, or nothing when it has more than kMaxDigits. Looks at
// each character a fixed number of times, however long it is.
std::optional<Decimal> Normalise(absl::string_view number) {
  Decimal decimal;
  decimal.negative = absl::ConsumePrefix(&number, "-");
  const size_t e = std::min(number.find_first_of("eE"), number.size());
  const absl::string_view mantissa = number.substr(0, e);
  const size_t first = mantissa.find_first_of("123456789");
  if (first == absl::string_view::npos) return decimal;
  const size_t last = mantissa.find_last_of("123456789");
  for (const char c : mantissa.substr(first, last - first + 1)) {
    if (c == '.') continue;
    if (decimal.digits.size() == kMaxDigits) return std::nullopt;
    decimal.digits.push_back(c);
  }
  const auto point =
      static_cast<int64_t>(std::min(mantissa.find('.'), mantissa.size()));
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

size_t CountDigits(absl::string_view text) {
  const auto* const end = std::find_if_not(text.begin(), text.end(),
                                           absl::ascii_isdigit);
  return static_cast<size_t>(end - text.begin());
}

}  // namespace

size_t ScanJsonNumber(absl::string_view text) {
  const size_t size =
      std::min(text.find_first_not_of("+-.0123456789Ee"), text.size());
  absl::string_view rest = text.substr(0, size);
  absl::ConsumePrefix(&rest, "-");
  const size_t whole = CountDigits(rest);
  if (whole == 0 || (whole > 1 && rest.front() == '0')) return 0;
  rest.remove_prefix(whole);
  if (absl::ConsumePrefix(&rest, ".")) {
    const size_t fraction = CountDigits(rest);
    if (fraction == 0) return 0;
    rest.remove_prefix(fraction);
  }
  if (absl::ConsumePrefix(&rest, "e") || absl::ConsumePrefix(&rest, "E")) {
    if (!absl::ConsumePrefix(&rest, "+")) absl::ConsumePrefix(&rest, "-");
    const size_t exponent = CountDigits(rest);
    if (exponent == 0) return 0;
    rest.remove_prefix(exponent);
  }
  return rest.empty() ? size : 0;
}

std::optional<double> ExactDouble(absl::string_view number) {
  const std::optional<Decimal> decimal = Normalise(number);
  if (!decimal.has_value()) return std::nullopt;
  if (decimal->digits.empty()) return decimal->negative ? -0.0 : 0.0;
  // Short now, whatever its length was; and free of the locale, as strtod() is
  // not.
  const std::string canonical =
      absl::StrCat(decimal->negative ? "-" : "", "0.", decimal->digits, "e",
                   decimal->exponent);
  double value = 0;
  const auto result = std::from_chars(
      canonical.data(), canonical.data() + canonical.size(), value);
  if (result.ec != std::errc() || !std::isfinite(value) || value == 0) {
    return std::nullopt;
  }
  if (Normalise(ShortestScientific(value)) != decimal) return std::nullopt;
  return value;
}

std::string JsonFromDouble(double number) {
  constexpr double kTwoTo53 = 9007199254740992.0;
  char buffer[32];
  char* end = buffer;
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
