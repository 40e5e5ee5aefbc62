#ifndef WRIFTAI_SERVICE_RPC_TRANSLATE_H_
#define WRIFTAI_SERVICE_RPC_TRANSLATE_H_

#include <string>

#include "absl/status/statusor.h"
#include "upstream/prediction_params.h"
#include "upstream/watch/prediction_observer.h"
#include "wriftai/v1/predictions.pb.h"

// Requests of the contract → what the upstream is asked for. All checks of what
// a caller sends are here: INVALID_ARGUMENT names the field by its path in the
// request and says what was wanted, before anything goes upstream. Pure; any
// thread.

namespace wriftai {

struct GetCall {
  std::string id;
  v1::PayloadFormat format = v1::PAYLOAD_FORMAT_VALUE;
};

struct CreateCall {
  CreateParams params;
  std::string request_id;  // Empty, or a UUID in lower case.
  v1::PayloadFormat format = v1::PAYLOAD_FORMAT_VALUE;
};

struct ListCall {
  int page_size = 25;
  std::string page_token;  // As it was sent.
};

struct CancelCall {
  std::string id;
};

struct WaitCall {
  std::string id;
  WatchOptions options;
  v1::PayloadFormat format = v1::PAYLOAD_FORMAT_VALUE;
};

struct CreateAndWaitCall {
  CreateCall create;
  WatchOptions options;
};

absl::StatusOr<GetCall> CallFrom(const v1::GetRequest& request);
// Decode() has made `input_json` of an `input`.
absl::StatusOr<CreateCall> CallFrom(v1::CreateRequest request);
absl::StatusOr<ListCall> CallFrom(const v1::ListRequest& request);
absl::StatusOr<CancelCall> CallFrom(const v1::CancelRequest& request);
absl::StatusOr<WaitCall> CallFrom(const v1::WaitRequest& request);
absl::StatusOr<CreateAndWaitCall> CallFrom(v1::CreateAndWaitRequest request);

// The path in CreateAndWaitRequest of what CreateRequest calls by name.
inline constexpr char kCreatePrefix[] = "create.";

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_TRANSLATE_H_
