#include "client/prediction_table.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/render.h"
#include "client/text.h"

namespace wriftai::client {

PredictionTable::Row PredictionTable::RowOf(const v1::Prediction& prediction) {
  Row row = {
      prediction.id(), StatusLabel(prediction), ModelText(prediction.model()),
      prediction.has_created_at() ? ShortTimeText(prediction.created_at())
                                  : "-",
      prediction.has_execution_time() ? prediction.execution_time() : "-"};
  for (std::string& cell : row) cell = PrintableAscii(cell);
  return row;
}

std::string PredictionTable::Page(const v1::ListResponse& page) {
  std::vector<Row> rows;
  if (!header_written_ && !page.predictions().empty()) {
    rows.push_back({"ID", "STATUS", "MODEL", "CREATED", "EXECUTION"});
    header_written_ = true;
  }
  for (const v1::Prediction& prediction : page.predictions()) {
    rows.push_back(RowOf(prediction));
  }
  for (const Row& row : rows) {
    for (size_t i = 0; i < kColumns; ++i) {
      widths_[i] = std::max(widths_[i], row[i].size());
    }
  }
  std::string text;
  for (const Row& row : rows) {
    for (size_t i = 0; i + 1 < kColumns; ++i) {
      absl::StrAppend(&text, row[i],
                      std::string(widths_[i] - row[i].size() + 2, ' '));
    }
    absl::StrAppend(&text, row.back(), "\n");
  }
  return text;
}

}  // namespace wriftai::client
