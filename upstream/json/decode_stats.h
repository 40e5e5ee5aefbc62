#ifndef WRIFTAI_UPSTREAM_JSON_DECODE_STATS_H_
#define WRIFTAI_UPSTREAM_JSON_DECODE_STATS_H_

#include <cstdint>
#include <map>
#include <string>

#include "upstream/prediction_params.h"

namespace wriftai {

// Counts the parts of responses and webhooks that could not be passed on
// exactly. A value type.
struct DecodeStats {
  // Starts with a count of 0 for every name that the decoders can report.
  DecodeStats();

  void Add(const v1::Prediction& prediction);
  void Add(const PredictionPage& page);

  // By name: see Prediction.inexact_fields and ListResponse.inexact_fields.
  std::map<std::string, int64_t> inexact_fields;

  // Omitted items of list pages.
  int64_t skipped_items = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_DECODE_STATS_H_
