#ifndef WRIFTAI_UPSTREAM_JSON_PREDICTION_JSON_H_
#define WRIFTAI_UPSTREAM_JSON_PREDICTION_JSON_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "upstream/prediction_params.h"
#include "wriftai/v1/predictions.pb.h"

// The upstream's predictions, both ways. Shapes: the WriftAI API reference,
// predictions (get, list, create). All functions: any thread.

namespace wriftai {

// The names that Prediction.inexact_fields and PredictionPage::inexact_fields
// may hold: few and fixed, so that a metric may have them as a label.
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

// Reads the full object, as Get and Create answer it and webhooks carry it.
// Input, output and error detail are kept as text, byte for byte.
//
// Required: `id` (a UUID) and `status` (a string of 1 to 64 bytes). Everything
// else may be absent or null, which is treated alike except for input, output
// and error.detail: absent leaves the payload unset, null sets it to "null".
// Unknown members are skipped by grammar alone, as the upstream has changed its
// object three times. Of a member that occurs twice, the last counts. An error
// that is a string is taken for its message, a time span that is a number for
// its text.
//
// Another member of a wrong type, form or size never fails the rest. It is left
// out, truncated, or has U+FFFD in place of what is not valid Unicode, and is
// named in `inexact_fields`. So is a payload that cannot be carried, as it is
// not valid UTF-8 or deeper than kMaxJsonDepth; it is left out.
//
// Text that is not a JSON object, or an unusable id or status:
// INVALID_ARGUMENT, which quotes at most kMaxQuotedBytes.
absl::StatusOr<v1::Prediction> PredictionFromJson(absl::string_view json);

// Reads a page of the list: `items` (required), `next_cursor` and
// `previous_cursor` (string, number, null or absent). Input, output, error and
// logs are left out of the items, should the upstream send them. An item that
// PredictionFromJson() would refuse is left out and counted; so are those above
// kMaxPageItems. A cursor that cannot be used is left out and named in
// `inexact_fields`. Errors as above.
absl::StatusOr<PredictionPage> PredictionPageFromJson(absl::string_view json);

// The body of a create: `model` where `with_model` (POST /predictions; the
// model paths carry it in the path), `input`, and `webhook` where there is one.
std::string CreateBodyToJson(const CreateParams& params, bool with_model);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_PREDICTION_JSON_H_
