#ifndef WRIFTAI_UPSTREAM_JSON_DECODE_STATS_H_
#define WRIFTAI_UPSTREAM_JSON_DECODE_STATS_H_

#include <cstdint>
#include <map>
#include <string>

#include "upstream/prediction_params.h"

namespace wriftai {

// Counts what responses and webhooks held that could not be passed on exactly.
// A value.
struct DecodeStats {
  // Every name that the decoders give is there, from 0.
  DecodeStats();

  void Add(const v1::Prediction& prediction);
  void Add(const PredictionPage& page);

  // By name: see Prediction.inexact_fields and ListResponse.inexact_fields.
  std::map<std::string, int64_t> inexact_fields;

  // Items of list pages that were left out.
  int64_t skipped_items = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_JSON_DECODE_STATS_H_
