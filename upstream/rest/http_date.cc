#include "upstream/rest/http_date.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "absl/time/civil_time.h"

namespace wriftai {
namespace {

constexpr absl::string_view kMonths[] = {"Jan", "Feb", "Mar", "Apr",
                                         "May", "Jun", "Jul", "Aug",
                                         "Sep", "Oct", "Nov", "Dec"};
constexpr absl::string_view kDays[] = {"Mon", "Tue", "Wed", "Thu",
                                       "Fri", "Sat", "Sun"};
constexpr absl::string_view kLongDays[] = {"Monday",   "Tuesday", "Wednesday",
                                           "Thursday", "Friday",  "Saturday",
                                           "Sunday"};

// The longest form is below 40 bytes.
constexpr size_t kMaxBytes = 64;

constexpr int kMaxYearsAhead = 50;

template <size_t kCount>
bool Has(const absl::string_view (&names)[kCount], absl::string_view text) {
  return std::find(std::begin(names), std::end(names), text) != std::end(names);
}

// A number of `min` to `max` digits.
std::optional<int> Digits(absl::string_view text, size_t min, size_t max) {
  if (text.size() < min || text.size() > max) return std::nullopt;
  int value = 0;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) {
      return std::nullopt;
    }
    value = value * 10 + (c - '0');
  }
  return value;
}

std::optional<int> Month(absl::string_view text) {
  const auto* const month =
      std::find(std::begin(kMonths), std::end(kMonths), text);
  if (month == std::end(kMonths)) return std::nullopt;
  return static_cast<int>(month - std::begin(kMonths)) + 1;
}

int YearNear(int two_digits, absl::Time now) {
  const int64_t latest =
      absl::ToCivilYear(now, absl::UTCTimeZone()).year() + kMaxYearsAhead;
  return static_cast<int>(latest - (latest - two_digits) % 100);
}

// `time`: "08:49:37", with the leap second 60.
std::optional<absl::Time> TimeOf(std::optional<int> year,
                                 std::optional<int> month,
                                 std::optional<int> day,
                                 absl::string_view time) {
  const std::vector<absl::string_view> parts = absl::StrSplit(time, ':');
  if (parts.size() != 3) return std::nullopt;
  const auto hour = Digits(parts[0], 2, 2);
  const auto minute = Digits(parts[1], 2, 2);
  const auto second = Digits(parts[2], 2, 2);
  if (!year || !month || !day || !hour || !minute || !second || *hour > 23 ||
      *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  const absl::CivilDay date(*year, *month, *day);
  // CivilDay normalizes June 31 to another date.
  if (date.day() != *day || date.month() != *month) return std::nullopt;
  const absl::CivilSecond civil(*year, *month, *day, *hour, *minute, *second);
  return absl::FromCivil(civil, absl::UTCTimeZone());
}

}  // namespace

std::optional<absl::Time> ParseHttpDate(absl::string_view text,
                                        absl::Time now) {
  if (text.size() > kMaxBytes) return std::nullopt;
  const std::vector<absl::string_view> parts =
      absl::StrSplit(text, ' ', absl::SkipEmpty());
  if (parts.size() == 6 && parts[5] == "GMT" && absl::EndsWith(parts[0], ",") &&
      Has(kDays, parts[0].substr(0, parts[0].size() - 1))) {
    return TimeOf(Digits(parts[3], 4, 4), Month(parts[2]),
                  Digits(parts[1], 1, 2), parts[4]);
  }
  if (parts.size() == 4 && parts[3] == "GMT" && absl::EndsWith(parts[0], ",") &&
      Has(kLongDays, parts[0].substr(0, parts[0].size() - 1))) {
    const std::vector<absl::string_view> date = absl::StrSplit(parts[1], '-');
    if (date.size() != 3) return std::nullopt;
    const auto year = Digits(date[2], 2, 2);
    if (!year.has_value()) return std::nullopt;
    return TimeOf(YearNear(*year, now), Month(date[1]), Digits(date[0], 1, 2),
                  parts[2]);
  }
  if (parts.size() == 5 && Has(kDays, parts[0])) {
    return TimeOf(Digits(parts[4], 4, 4), Month(parts[1]),
                  Digits(parts[2], 1, 2), parts[3]);
  }
  return std::nullopt;
}

}  // namespace wriftai
