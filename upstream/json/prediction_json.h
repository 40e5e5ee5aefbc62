#ifndef WRIFTAI_UPSTREAM_JSON_PREDICTION_JSON_H_
#define WRIFTAI_UPSTREAM_JSON_PREDICTION_JSON_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "proto/predictions.h"
#include "upstream/prediction_params.h"

// Decodes and encodes predictions of the upstream. Formats: the WriftAI API
// reference, predictions (get, list, create). All functions: any thread.

namespace wriftai {

// All possible names in Prediction.inexact_fields and
// PredictionPage::inexact_fields: a small fixed set, fit for a metric label.
inline constexpr absl::string_view kInexactFieldNames[] = {
    "status",
    "model",
    "model.owner",
    "model.name",
    "model.version_number",
    "created_at",
    "updated_at",
    "setup_time",
    "execution_time",
    "url",
    "input",
    "output",
    "error",
    "error.source",
    "error.message",
    "error.detail",
    "logs",
    "setup_logs",
    "items",
    "next_cursor",
    "previous_cursor"};

// Reads the full object, as in responses to Get and Create and in webhooks.
// Input, output and error detail are kept as text, byte for byte.
//
// Required: `id` (a UUID) and `status` (a string of 1 to 64 bytes). Every other
// member may be absent or null, which is equivalent except for input, output
// and error.detail: absent leaves the payload unset, null sets it to "null".
// Unknown members are skipped by grammar alone, since the upstream has changed
// its object three times. The last of repeated members wins. An error that is a
// string becomes the message; a time span that is a number is kept as text.
//
// Any other member of a wrong type, format or size never fails the rest. It is
// omitted, truncated, or has U+FFFD in place of invalid Unicode, and is named
// in `inexact_fields`. So is a payload that is not valid UTF-8 or deeper than
// kMaxJsonDepth; it is omitted.
//
// INVALID_ARGUMENT: not a JSON object, or an invalid id or status. Quotes at
// most kMaxQuotedBytes.
absl::StatusOr<v1::Prediction> PredictionFromJson(absl::string_view json);

// The same, but a large payload that makes up most of `json` takes its memory
// instead of a copy. `json` is unspecified afterwards, also after an error.
absl::StatusOr<v1::Prediction> TakePredictionFromJson(std::string& json);

// Reads a list page: `items` (required), `next_cursor` and `previous_cursor`
// (string, number, null or absent). Input, output, error and logs of the items
// are omitted, even if the upstream sends them. Items that PredictionFromJson()
// rejects and items above kMaxPageItems are skipped and counted. An unusable
// cursor is omitted and named in `inexact_fields`. Errors as above.
absl::StatusOr<PredictionPage> PredictionPageFromJson(absl::string_view json);

// The body of a create: `model` if `with_model` (for POST /predictions; the
// model paths contain it), `input`, and `webhook` if set.
std::string CreateBodyToJson(const CreateParams& params, bool with_model);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_PREDICTION_JSON_H_
