#ifndef WRIFTAI_SERVICE_ADMIN_NUMBER_TEXT_H_
#define WRIFTAI_SERVICE_ADMIN_NUMBER_TEXT_H_

#include <string>

#include "google/protobuf/timestamp.pb.h"

// Formats numbers for people. All functions: pure, any thread.

namespace wriftai {

// "1,204".
std::string CountText(double count);

// "1 wait", "2 waits".
std::string CountText(double count, const char* one, const char* many);

// One decimal below a hundred: "2.9", "15", "350".
std::string RateText(double per_second);

// At most two units: "below 1 ms", "120 ms", "2.3 s", "34 s", "5 min 12 s",
// "3 h 2 min".
std::string SecondsText(double seconds);

// "97 %". Rounds to 0 % or 100 % only if the ratio is exactly that.
std::string PercentText(double part, double whole);

// "2026-01-31 12:00:00 UTC".
std::string UtcText(const google::protobuf::Timestamp& time);

// Above a narrow bar: "1204", "12k", "3M".
std::string ShortCountText(double count);

// "1.5 MiB".
std::string BytesText(double bytes);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_NUMBER_TEXT_H_
