#ifndef WRIFTAI_SERVICE_RPC_MODEL_REFERENCE_H_
#define WRIFTAI_SERVICE_RPC_MODEL_REFERENCE_H_

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "upstream/prediction_params.h"

namespace wriftai {

// Parses `owner/name` or `owner/name:version`. The upstream documents no
// character set. Rejected are only characters that could change a path, a query
// or the meaning of the reference, and invisible ones: see CreateRequest.model.
// INVALID_ARGUMENT for the field "model". Any thread.
absl::StatusOr<ModelReference> ModelReferenceFrom(absl::string_view model);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_MODEL_REFERENCE_H_
