#ifndef WRIFTAI_CLIENT_RENDER_H_
#define WRIFTAI_CLIENT_RENDER_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "wriftai/v1/predictions.pb.h"

// Messages as text for people, and as JSON for programs. What the server chose
// is made printable, except that a pipe gets outputs unchanged. All functions:
// any thread.

namespace wriftai::client {

// Whether this is the last state.
bool HasEnded(const v1::Prediction& prediction);

// The upstream's own word for the status, else the interface's; raw.
std::string StatusWord(const v1::Prediction& prediction);

// "owner/name:version"; raw.
std::string ModelText(const v1::Model& model);

// "GET", "LIST" …
std::string SourceWord(v1::Source source);

// id, model, status, times, the error, logs; an empty line; the output. An
// output that is a JSON string is its text. Ends in a line feed.
std::string RenderPrediction(const v1::Prediction& prediction,
                             bool for_terminal);

// `message` as protobuf's JSON in one line, with a line feed. INTERNAL: it has
// a value that JSON has no form for.
absl::StatusOr<std::string> RenderJson(
    const google::protobuf::Message& message);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_RENDER_H_
