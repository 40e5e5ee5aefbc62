#ifndef WRIFTAI_CLIENT_OUTPUT_TEXT_H_
#define WRIFTAI_CLIENT_OUTPUT_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

// Makes untrusted text safe for a terminal, and formats times and durations
// for people. All functions: any thread.

namespace wriftai::client {

bool IsUtf8(absl::string_view text);

// Escapes, such as "\x1b" or "\u202e", all characters that would control a
// terminal or disguise the text: control characters (C0, DEL, C1), controls of
// the writing direction, line and paragraph separators, and invalid UTF-8.
// PrintableText keeps line feeds and tabs; PrintableLine escapes them.
std::string PrintableText(absl::string_view text);
std::string PrintableLine(absl::string_view text);

// PrintableLine, with everything but ASCII escaped too. Each byte then takes
// one column, so lines can be truncated to a width.
std::string PrintableAscii(absl::string_view text);

// "00:03.4", "1:02:03.4". Negative durations count as zero.
std::string ElapsedText(absl::Duration elapsed);

// "2.0 s"
std::string SecondsText(absl::Duration duration);

// "45s ago", "3m ago", "5h ago", "2d ago". A time in the future is "0s ago".
std::string AgeText(absl::Duration age);

// "PT1M2.5S", an ISO 8601 duration, as "1m2.5s". Anything else is returned
// unchanged.
std::string ShortDurationText(absl::string_view iso);

// Whether RFC 3339 can express `time`.
bool IsValid(const google::protobuf::Timestamp& time);

// "2025-08-13T11:48:44.371093Z", or "-" for an invalid timestamp.
std::string TimeText(const google::protobuf::Timestamp& time);

// TimeText with a resolution of one second.
std::string ShortTimeText(const google::protobuf::Timestamp& time);

absl::Duration FromProto(const google::protobuf::Duration& duration);
absl::Time FromProto(const google::protobuf::Timestamp& time);
google::protobuf::Duration ToProto(absl::Duration duration);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_OUTPUT_TEXT_H_
