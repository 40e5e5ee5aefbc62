#ifndef WRIFTAI_CLIENT_OUTPUT_PREDICTION_TABLE_H_
#define WRIFTAI_CLIENT_OUTPUT_PREDICTION_TABLE_H_

#include <array>
#include <cstddef>
#include <string>

#include "client/output/render.h"
#include "proto/predictions.h"

namespace wriftai::client {

// Formats predictions in aligned columns, page by page. Columns only widen, so
// a later page with longer values is not aligned with earlier ones.
//
// Threads: one. Fails: never.
class PredictionTable {
 public:
  explicit PredictionTable(const TextStyle& style) : style_(style) {}

  // Returns the rows of one page, after a header for the first nonempty one.
  // Empty for an empty page.
  std::string Page(const v1::ListResponse& page);

 private:
  static constexpr size_t kColumns = 5;
  using Row = std::array<std::string, kColumns>;

  Row RowOf(const v1::Prediction& prediction) const;

  const TextStyle style_;
  std::array<size_t, kColumns> widths_{};
  bool header_written_ = false;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_OUTPUT_PREDICTION_TABLE_H_
