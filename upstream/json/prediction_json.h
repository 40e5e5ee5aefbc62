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

// Reads the full object, as Get and Create answer it and webhooks carry it, or
// a list item. Input, output and error detail are kept as text, byte for byte.
//
// Required: id, status (strings). Everything else may be absent or null, which
// is treated alike except for input, output and error.detail: absent leaves
// the payload unset, null sets it to "null". Unknown members are ignored, as
// the upstream has changed its object three times. Of a member that stands
// there twice, the last counts. An error that is a string is taken for its
// message, a time span that is a number for its text. A known member of a wrong
// type, a time that is no RFC 3339, or text that is not JSON: INVALID_ARGUMENT
// that names the member, what was wanted, and quotes at most kMaxQuotedBytes.
absl::StatusOr<v1::Prediction> PredictionFromJson(absl::string_view json);

// Reads a page of the list: `items` (required), `next_cursor` and
// `previous_cursor` (string, null or absent). Input, output and error are left
// out of the items, should the upstream send them. Errors as above, with the
// item's index.
absl::StatusOr<PredictionPage> PredictionPageFromJson(absl::string_view json);

// Whether `json` is JSON null, which is how a cancel is acknowledged.
bool IsJsonNull(absl::string_view json);

// The body of a create: `model` where `with_model` (POST /predictions; the
// model paths carry it in the path), `input`, and `webhook` where there is one.
std::string CreateBodyToJson(const CreateParams& params, bool with_model);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_PREDICTION_JSON_H_
