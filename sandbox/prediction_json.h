#ifndef WRIFTAI_SANDBOX_PREDICTION_JSON_H_
#define WRIFTAI_SANDBOX_PREDICTION_JSON_H_

#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "sandbox/prediction.h"

namespace wriftai::sandbox {

// How predictions are written.
struct PredictionView {
  // Documented both as there and as removed.
  bool show_url = true;
  // How long after its end input and output are kept; the docs say only "a
  // short time".
  absl::Duration retention = absl::Hours(1);
  // After that: the prediction is unknown, instead of null in both.
  bool gone_after_retention = false;

  bool Retained(const Prediction& prediction, absl::Time now) const {
    return !prediction.EndedAt(now) || now < prediction.ends_at + retention;
  }
};

// `time` as the API writes it: UTC with microseconds and Z.
std::string TimestampText(absl::Time time);

// The prediction as get, create and webhooks show it at `now`. `base_url`:
// what its url begins with.
std::string FullJson(const Prediction& prediction, const PredictionView& view,
                     absl::string_view base_url, absl::Time now);

// The same as lists show it: without input, output and error.
std::string ItemJson(const Prediction& prediction, const PredictionView& view,
                     absl::string_view base_url, absl::Time now);

std::string PredictionUrl(absl::string_view base_url, absl::string_view id);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_PREDICTION_JSON_H_
