#include "service/admin/number_text.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"

namespace wriftai {
namespace {

// Omits a decimal of 0.
std::string OneDecimal(double value) {
  const std::string text = absl::StrFormat("%.1f", value);
  return std::string(absl::StripSuffix(text, ".0"));
}

// `seconds` in two units: `small`, of `unit` seconds, and `large`, of `ratio`
// small ones.
std::string TwoUnits(double seconds, int64_t unit, const char* small,
                     int64_t ratio, const char* large) {
  const int64_t count = std::llround(seconds / static_cast<double>(unit));
  const int64_t rest = count % ratio;
  return absl::StrCat(count / ratio, " ", large,
                      rest == 0 ? "" : absl::StrCat(" ", rest, " ", small));
}

}  // namespace

std::string CountText(double count) {
  if (!std::isfinite(count)) return "no limit";
  std::string text = absl::StrFormat("%.0f", count);
  const size_t first = absl::StartsWith(text, "-") ? 1 : 0;
  for (size_t i = text.size(); i > first + 3;) {
    i -= 3;
    text.insert(i, ",");
  }
  return text;
}

std::string CountText(double count, const char* one, const char* many) {
  return absl::StrCat(CountText(count), " ", count == 1 ? one : many);
}

std::string RateText(double per_second) {
  return std::fabs(per_second) < 100 ? OneDecimal(per_second)
                                     : CountText(per_second);
}

std::string SecondsText(double seconds) {
  if (seconds <= 0) return "0 s";
  if (seconds < 0.001) return "below 1 ms";
  if (seconds < 0.9995) return absl::StrFormat("%.0f ms", seconds * 1000);
  if (seconds < 9.95) return absl::StrCat(OneDecimal(seconds), " s");
  if (seconds < 59.5) return absl::StrFormat("%.0f s", seconds);
  if (seconds < 3599.5) return TwoUnits(seconds, 1, "s", 60, "min");
  if (seconds < 86370) return TwoUnits(seconds, 60, "min", 60, "h");
  return TwoUnits(seconds, 3600, "h", 24, "d");
}

std::string PercentText(double part, double whole) {
  if (!(whole > 0) || !std::isfinite(whole)) return "0 %";
  const double percent = 100 * part / whole;
  if (percent > 0 && percent < 0.5) return "below 1 %";
  if (percent > 99.5 && percent < 100) return "99 %";
  return absl::StrFormat("%.0f %%", percent);
}

std::string UtcText(const google::protobuf::Timestamp& time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC",
                          absl::FromUnixSeconds(time.seconds()),
                          absl::UTCTimeZone());
}

std::string ShortCountText(double count) {
  if (count < 9'999.5) return absl::StrFormat("%.0f", count);
  if (count < 999'500) return absl::StrFormat("%.0fk", count / 1e3);
  return absl::StrFormat("%.0fM", count / 1e6);
}

std::string BytesText(double bytes) {
  const char* unit = "B";
  for (const char* larger : {"KiB", "MiB", "GiB"}) {
    if (bytes < 1024) break;
    bytes /= 1024;
    unit = larger;
  }
  return absl::StrCat(OneDecimal(bytes), " ", unit);
}

}  // namespace wriftai
