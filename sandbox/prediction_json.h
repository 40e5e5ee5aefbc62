#ifndef WRIFTAI_SANDBOX_PREDICTION_JSON_H_
#define WRIFTAI_SANDBOX_PREDICTION_JSON_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "sandbox/prediction.h"

namespace wriftai::sandbox {

// How predictions are shown.
struct PredictionView {
  // The documentation mentions the field both as present and as removed.
  bool show_url = true;
  // How long input and output are kept after the end; the documentation says
  // only "a short time".
  absl::Duration retention = absl::Hours(1);
  // Whether the prediction is then unknown, instead of having null for both.
  bool gone_after_retention = false;

  bool Retained(const Prediction& prediction, absl::Time now) const {
    return !prediction.EndedAt(now) || now < prediction.ends_at + retention;
  }
};

// `time` in the API's format: UTC with microseconds and Z.
std::string TimestampText(absl::Time time);

// The prediction at `now`, as shown by get, create and webhooks. `base_url`:
// the start of its url.
std::string FullJson(const Prediction& prediction, const PredictionView& view,
                     absl::string_view base_url, absl::Time now);

// The same as shown by lists: without input, output and error.
std::string ItemJson(const Prediction& prediction, const PredictionView& view,
                     absl::string_view base_url, absl::Time now);

std::string PredictionUrl(absl::string_view base_url, absl::string_view id);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_PREDICTION_JSON_H_
