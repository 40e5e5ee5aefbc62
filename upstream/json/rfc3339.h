#ifndef WRIFTAI_UPSTREAM_JSON_RFC3339_H_
#define WRIFTAI_UPSTREAM_JSON_RFC3339_H_

#include <optional>

#include "absl/strings/string_view.h"
#include "google/protobuf/timestamp.pb.h"

namespace wriftai {

// Parses an RFC 3339 time, with a zone (`Z` or an offset) and any number of
// decimals; those after the ninth are ignored. Returns nullopt for other texts
// and for times out of range for a Timestamp. Any thread.
std::optional<google::protobuf::Timestamp> TimestampFromRfc3339(
    absl::string_view text);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_RFC3339_H_
