#ifndef WRIFTAI_CLIENT_RENDER_H_
#define WRIFTAI_CLIENT_RENDER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "proto/predictions.h"

// Formats messages as text for people and as JSON for programs. Text from the
// server is made printable, but outputs go to a pipe unchanged. All functions:
// any thread.

namespace wriftai::client {

// Whether the status is final.
bool HasEnded(const v1::Prediction& prediction);

// The upstream's name of the status, or else the API's. Not escaped.
std::string StatusLabel(const v1::Prediction& prediction);

// "owner/name:version". Not escaped.
std::string ModelText(const v1::Model& model);

// "GET", "LIST" …
std::string SourceLabel(v1::Source source);

// Formats the id, model, status, times, error and logs, then an empty line and
// the output. An output that is a JSON string is decoded. Ends in a line feed.
std::string RenderPrediction(const v1::Prediction& prediction,
                             bool for_terminal);

// Formats `message` as protobuf JSON on one line, with a line feed. INTERNAL:
// it has a value that JSON cannot represent.
absl::StatusOr<std::string> RenderJson(
    const google::protobuf::Message& message);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_RENDER_H_
