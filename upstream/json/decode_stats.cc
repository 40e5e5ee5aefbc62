#include "upstream/json/decode_stats.h"

#include "upstream/json/prediction_json.h"

namespace wriftai {

DecodeStats::DecodeStats() {
  for (const absl::string_view name : kInexactFieldNames) {
    inexact_fields.emplace(std::string(name), 0);
  }
}

void DecodeStats::Add(const v1::Prediction& prediction) {
  for (const std::string& name : prediction.inexact_fields()) {
    ++inexact_fields[name];
  }
}

void DecodeStats::Add(const PredictionPage& page) {
  for (const std::string& name : page.inexact_fields) ++inexact_fields[name];
  for (const v1::Prediction& prediction : page.predictions) Add(prediction);
  skipped_items += page.skipped_items;
}

}  // namespace wriftai
