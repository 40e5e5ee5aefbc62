#ifndef WRIFTAI_SANDBOX_CREATE_REQUEST_H_
#define WRIFTAI_SANDBOX_CREATE_REQUEST_H_

#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "absl/time/time.h"
#include "sandbox/http_message.h"
#include "sandbox/model_catalog.h"
#include "sandbox/prediction.h"
#include "sandbox/router.h"
#include "sandbox/validation_errors.h"

namespace wriftai::sandbox {

// A parsed request to create a prediction.
struct CreateRequest {
  ModelName model;
  std::shared_ptr<const std::string> input;  // JSON, byte for byte.
  std::optional<Webhook> webhook;
  bool validate_input = false;
  absl::Duration wait;  // Prefer: wait=N; zero if absent.
};

// Reads any of the three forms of create; requires `route.creates()`. The forms
// with the model in the path ignore a model in the body.
std::variant<CreateRequest, ValidationErrors> ReadCreateRequest(
    const Route& route, const Request& request);

// The N of `Prefer: wait=N`; zero if absent or invalid.
absl::Duration ReadPreferredWait(absl::string_view prefer);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_CREATE_REQUEST_H_
