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

// A request to create a prediction, understood.
struct CreateRequest {
  ModelName model;
  std::shared_ptr<const std::string> input;  // JSON as it came.
  std::optional<Webhook> webhook;
  bool validate_input = false;
  absl::Duration wait;  // Prefer: wait=N; zero where there is none.
};

// Reads any of the three forms of create, `route.creates()`. A body of the
// model forms may hold a model; it is ignored.
std::variant<CreateRequest, ValidationErrors> ReadCreateRequest(
    const Route& route, const Request& request);

// What `Prefer: wait=N` asks for; zero where it is absent or makes no sense.
absl::Duration ReadPreferredWait(absl::string_view prefer);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_CREATE_REQUEST_H_
