#ifndef WRIFTAI_CLIENT_PREDICTION_TABLE_H_
#define WRIFTAI_CLIENT_PREDICTION_TABLE_H_

#include <array>
#include <string>

#include "wriftai/v1/predictions.pb.h"

namespace wriftai::client {

// Predictions in aligned columns, page by page: a later page is aligned with
// those before it as far as they had foreseen its widths.
//
// Threads: one. Fails: never.
class PredictionTable {
 public:
  // The rows of one page, the first one headed. Empty for an empty page.
  std::string Page(const v1::ListResponse& page);

 private:
  static constexpr size_t kColumns = 5;
  using Row = std::array<std::string, kColumns>;

  static Row RowOf(const v1::Prediction& prediction);

  std::array<size_t, kColumns> widths_ = {};
  bool headed_ = false;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_PREDICTION_TABLE_H_
