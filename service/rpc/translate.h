#ifndef WRIFTAI_SERVICE_RPC_TRANSLATE_H_
#define WRIFTAI_SERVICE_RPC_TRANSLATE_H_

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "proto/predictions.h"
#include "upstream/prediction_params.h"
#include "upstream/watch/prediction_observer.h"

// Converts API requests to upstream requests, and validates all input from
// callers before anything goes upstream. INVALID_ARGUMENT names the field by
// its path in the request and what was expected. Pure; any thread.

namespace wriftai {

// What every call has. Fields that do not apply keep their defaults.
struct ApiCall {
  std::string id;     // The prediction's.
  std::string model;  // Of a create: "owner/name[:version]", for the log.
  v1::PayloadFormat format = v1::PAYLOAD_FORMAT_VALUE;
  size_t upstream_bytes = 0;  // Size of the upstream request's body.
};

struct GetCall : ApiCall {};

struct CreateCall : ApiCall {
  CreateParams params;
  std::string request_id;  // Empty, or a UUID in lower case.
};

struct ListCall : ApiCall {
  int page_size = 25;
  std::string page_token;  // Still sealed.
};

struct CancelCall : ApiCall {};

struct WaitCall : ApiCall {
  WatchOptions options;
};

struct CreateAndWaitCall : CreateCall {
  WatchOptions options;
};

absl::StatusOr<GetCall> CallFrom(const v1::GetRequest& request);
// Decode() has converted any `input` to `input_json`.
absl::StatusOr<CreateCall> CallFrom(v1::CreateRequest request);
absl::StatusOr<ListCall> CallFrom(const v1::ListRequest& request);
absl::StatusOr<CancelCall> CallFrom(const v1::CancelRequest& request);
absl::StatusOr<WaitCall> CallFrom(const v1::WaitRequest& request);
absl::StatusOr<CreateAndWaitCall> CallFrom(v1::CreateAndWaitRequest request);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_TRANSLATE_H_
