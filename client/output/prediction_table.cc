#include "client/output/prediction_table.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/output/text.h"

namespace wriftai::client {
namespace {

constexpr size_t kStatusCell = 1;

}  // namespace

PredictionTable::Row PredictionTable::RowOf(
    const v1::Prediction& prediction) const {
  std::string created = "-";
  if (prediction.has_created_at()) {
    created = style_.for_terminal && IsValid(prediction.created_at())
                  ? AgeText(style_.now - FromProto(prediction.created_at()))
                  : ShortTimeText(prediction.created_at());
  }
  std::string execution = "-";
  if (prediction.has_execution_time()) {
    execution = style_.for_terminal
                    ? ShortDurationText(prediction.execution_time())
                    : prediction.execution_time();
  }
  Row row = {prediction.id(), StatusLabel(prediction),
             ModelText(prediction.model()), created, execution};
  for (std::string& cell : row) cell = PrintableAscii(cell);
  return row;
}

std::string PredictionTable::Page(const v1::ListResponse& page) {
  std::vector<Row> rows;
  for (const v1::Prediction& prediction : page.predictions()) {
    rows.push_back(RowOf(prediction));
  }
  const bool has_header = !header_written_ && !rows.empty();
  if (has_header) {
    rows.insert(rows.begin(),
                {"ID", "STATUS", "MODEL", "CREATED", "EXECUTION"});
    header_written_ = true;
  }
  for (const Row& row : rows) {
    for (size_t i = 0; i < kColumns; ++i) {
      widths_[i] = std::max(widths_[i], row[i].size());
    }
  }
  std::string text;
  int next = has_header ? -1 : 0;
  for (const Row& row : rows) {
    for (size_t i = 0; i + 1 < kColumns; ++i) {
      const std::string padding(widths_[i] - row[i].size() + 2, ' ');
      const bool has_color = i == kStatusCell && next >= 0 && style_.color;
      absl::StrAppend(
          &text, has_color ? StatusText(page.predictions(next), true) : row[i],
          padding);
    }
    absl::StrAppend(&text, row.back(), "\n");
    ++next;
  }
  return text;
}

}  // namespace wriftai::client
