#ifndef WRIFTAI_CLIENT_TEXT_H_
#define WRIFTAI_CLIENT_TEXT_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"

// Text that comes from elsewhere, on its way to a terminal; times and
// durations for people. All functions: any thread.

namespace wriftai::client {

bool IsUtf8(absl::string_view text);

// `text` with everything made visible that a terminal would obey or that would
// show other text than there is: control characters (C0, DEL, C1), controls of
// the writing direction, line and paragraph separators, bytes that are not
// UTF-8. Such as "\x1b" or "\u202e". Line feeds and tabs stay in PrintableText
// and are escaped in PrintableLine.
std::string PrintableText(absl::string_view text);
std::string PrintableLine(absl::string_view text);

// As PrintableLine, with all that is not ASCII escaped too: one column a byte,
// for lines that are cut to a width.
std::string PrintableAscii(absl::string_view text);

// "00:03.4", "1:02:03.4". Negative counts as zero.
std::string ElapsedText(absl::Duration elapsed);

// "2.0 s"
std::string SecondsText(absl::Duration duration);

// "2025-08-13T11:48:44.371093Z"; "-" for a time that protobuf does not allow.
std::string TimeText(const google::protobuf::Timestamp& time);

// As TimeText, to the second.
std::string ShortTimeText(const google::protobuf::Timestamp& time);

absl::Duration FromProto(const google::protobuf::Duration& duration);
google::protobuf::Duration ToProto(absl::Duration duration);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_TEXT_H_
