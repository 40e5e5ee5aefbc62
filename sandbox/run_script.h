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

// What will become of a new prediction.
struct RunScript {
  std::optional<std::string> id;  // Asked for by the request.
  absl::Duration pending;
  absl::Duration run;
  RunEnd end;
};

// Plans a run of `model`, with the model's times multiplied by `time_scale`.
// The member "sandbox" of an input that is an object overrides the plan (see
// README.md); mistakes in it go to `problems`. An input that does not meet the
// model's schema makes a run that fails soon after its start.
RunScript PlanRun(const ModelVersion& model,
                  const std::shared_ptr<const std::string>& input,
                  double time_scale, ValidationErrors* problems);

// The problems of `input` under the schema of `model`, at most one.
ValidationErrors CheckInput(const ModelVersion& model, const JsonValue& input);

// The "error" of a prediction. `detail_json` is JSON.
std::string ErrorJson(absl::string_view source, absl::string_view message,
                      absl::string_view detail_json);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_RUN_SCRIPT_H_
