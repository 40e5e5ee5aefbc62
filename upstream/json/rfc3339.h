#ifndef WRIFTAI_UPSTREAM_JSON_RFC3339_H_
#define WRIFTAI_UPSTREAM_JSON_RFC3339_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"

namespace wriftai {

// The time that `text` writes as RFC 3339 does: with a zone (`Z` or an offset)
// and with any number of decimals, of which nine count. Nothing for other
// texts, and for times that a Timestamp may not hold. Any thread.
std::optional<google::protobuf::Timestamp> TimestampFromRfc3339(
    absl::string_view text);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_RFC3339_H_
