#ifndef WRIFTAI_SERVICE_RPC_MODEL_REFERENCE_H_
#define WRIFTAI_SERVICE_RPC_MODEL_REFERENCE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "upstream/prediction_params.h"

namespace wriftai {

// `owner/name` or `owner/name:version`. The upstream documents no character
// set, so that only what could change a path, a query or the meaning of the
// reference is refused, and what no name has, such as characters that cannot be
// seen: see CreateRequest.model.
// INVALID_ARGUMENT for the field "model". Any thread.
absl::StatusOr<ModelReference> ModelReferenceFrom(absl::string_view model);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_MODEL_REFERENCE_H_
