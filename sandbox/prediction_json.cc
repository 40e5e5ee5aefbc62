#include "sandbox/prediction_json.h"

#include "absl/strings/str_cat.h"
#include "sandbox/json.h"

namespace wriftai::sandbox {
namespace {

// The format is not documented. This is the format of pydantic, FastAPI's
// serializer, for a duration.
std::string DurationJson(absl::Duration duration) {
  return absl::StrCat("\"PT", absl::ToDoubleSeconds(duration), "S\"");
}

JsonObject Base(const Prediction& prediction, const PredictionView& view,
                absl::string_view base_url, absl::Time now) {
  JsonObject object;
  object.String("id", prediction.id);
  if (view.show_url) {
    object.String("url", PredictionUrl(base_url, prediction.id));
  }
  const bool ran = prediction.WillStart() && prediction.EndedAt(now);
  object.String("status", prediction.StatusAt(now))
      .String("created_at", TimestampText(prediction.created_at))
      .String("updated_at", TimestampText(prediction.UpdatedAt(now)))
      .Raw("setup_time",
           prediction.StartedAt(now)
               ? DurationJson(prediction.starts_at - prediction.created_at)
               : "null")
      .Raw("execution_time",
           ran ? DurationJson(prediction.ends_at - prediction.starts_at)
               : "null")
      .Raw("model", JsonObject()
                        .String("owner", prediction.model_owner)
                        .String("name", prediction.model_name)
                        .Number("version_number", prediction.model_version)
                        .Take());
  return object;
}

}  // namespace

std::string TimestampText(absl::Time time) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

std::string FullJson(const Prediction& prediction, const PredictionView& view,
                     absl::string_view base_url, absl::Time now) {
  const bool retained = view.Retained(prediction, now);
  const bool ended = prediction.EndedAt(now);
  const bool has_error = ended && !prediction.end.error_json.empty();
  return Base(prediction, view, base_url, now)
      .Raw("input", retained ? absl::string_view(*prediction.input) : "null")
      .Raw("output", retained && ended ? prediction.end.output.Json() : "null")
      .Raw("error",
           has_error ? absl::string_view(prediction.end.error_json) : "null")
      .Take();
}

std::string ItemJson(const Prediction& prediction, const PredictionView& view,
                     absl::string_view base_url, absl::Time now) {
  return Base(prediction, view, base_url, now).Take();
}

std::string PredictionUrl(absl::string_view base_url, absl::string_view id) {
  return absl::StrCat(base_url, "/predictions/", id);
}

}  // namespace wriftai::sandbox
