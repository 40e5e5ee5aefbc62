#ifndef WRIFTAI_SANDBOX_RUN_SCRIPT_H_
#define WRIFTAI_SANDBOX_RUN_SCRIPT_H_

#include <memory>
#include <optional>
#include <string>

#include "absl/time/time.h"
#include "sandbox/json.h"
#include "sandbox/model_catalog.h"
#include "sandbox/prediction.h"
#include "sandbox/validation_errors.h"

namespace wriftai::sandbox {

// The future of a new prediction.
struct RunScript {
  std::optional<std::string> id;  // Set if the request specifies one.
  absl::Duration pending;
  absl::Duration run;
  RunEnd end;
};

// Makes the script of a run of `model`, with the model's times multiplied by
// `time_scale`. The member "sandbox" of an object input overrides the script
// (see README.md); its errors are added to `errors`. A run with an input that
// violates the model's schema fails soon after its start.
RunScript MakeRunScript(const ModelVersion& model,
                        const std::shared_ptr<const std::string>& input,
                        double time_scale, ValidationErrors* errors);

// The violations of the schema of `model` by `input`, at most one.
ValidationErrors CheckInput(const ModelVersion& model, const JsonValue& input);

// The "error" of a prediction. `detail_json` is JSON.
std::string ErrorJson(absl::string_view source, absl::string_view message,
                      absl::string_view detail_json);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_RUN_SCRIPT_H_
