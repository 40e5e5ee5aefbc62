#ifndef WRIFTAI_CLIENT_OUTPUT_RENDER_H_
#define WRIFTAI_CLIENT_OUTPUT_RENDER_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "proto/predictions.h"

// Formats messages as text for people and as JSON for programs. Text from the
// server is made printable, but outputs go to a pipe unchanged. All functions:
// any thread.

namespace wriftai::client {

struct TextStyle {
  // Escapes outputs, and adds ages and short durations.
  bool for_terminal = false;

  bool color = false;
  absl::Time now = absl::UnixEpoch();  // For ages.
};

// Whether the status is final.
bool HasEnded(const v1::Prediction& prediction);

// The upstream's name of the status, or else the API's. Not escaped.
std::string StatusLabel(const v1::Prediction& prediction);

// StatusLabel(), printable, in the color of the status.
std::string StatusText(const v1::Prediction& prediction, bool color);

// "owner/name:version". Not escaped.
std::string ModelText(const v1::Model& model);

// "GET", "LIST" …
std::string SourceLabel(v1::Source source);

// "external: out of memory". Not escaped.
std::string FailureText(const v1::PredictionError& error);

// The output as it is printed: a JSON string is decoded, and any other JSON
// unchanged. Unset without an output; null counts as one only after success.
std::optional<std::string> OutputText(const v1::Prediction& prediction);

// Formats the id, model, status, times, error and logs, then an empty line and
// the output. Ends in a line feed.
std::string RenderPrediction(const v1::Prediction& prediction,
                             const TextStyle& style);

// Formats `message` as protobuf JSON on one line, with a line feed. INTERNAL:
// it has a value that JSON cannot represent.
absl::StatusOr<std::string> RenderJson(
    const google::protobuf::Message& message);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_OUTPUT_RENDER_H_
