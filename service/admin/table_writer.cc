#include "service/admin/table_writer.h"

#include <utility>

#include "service/admin/number_text.h"

namespace wriftai {

TableWriter::TableWriter(absl::string_view id, absl::string_view label,
                         std::vector<Column> columns, HtmlWriter& html)
    : columns_(std::move(columns)), html_(html) {
  html_.Markup("<div class=\"scroll\" id=\"")
      .Text(id)
      .Markup("\" tabindex=\"0\" role=\"region\" aria-label=\"")
      .Text(label)
      .Markup("\"><table><thead><tr>");
  for (const Column& column : columns_) {
    html_.Markup("<th scope=\"col\"");
    if (column.is_number) html_.Markup(" class=\"number\"");
    html_.Markup(">").Text(column.name).Markup("</th>");
  }
  html_.Markup("</tr></thead><tbody>");
}

TableWriter::~TableWriter() {
  if (in_row_) html_.Markup("</tr>");
  html_.Markup("</tbody></table></div>");
}

TableWriter& TableWriter::Row() {
  if (in_row_) html_.Markup("</tr>");
  html_.Markup("<tr>");
  in_row_ = true;
  next_ = 0;
  return *this;
}

void TableWriter::Open(absl::string_view more_classes) {
  const Column& column = columns_[next_++];
  html_.Markup("<td data-name=\"").Text(column.name).Markup("\" class=\"");
  if (next_ == 1) html_.Markup("first ");
  if (column.is_number) html_.Markup("number ");
  html_.Text(more_classes).Markup("\">");
}

TableWriter& TableWriter::Text(absl::string_view text) {
  Open(text.empty() ? "empty" : "");
  html_.Text(text).Markup("</td>");
  return *this;
}

TableWriter& TableWriter::Code(absl::string_view text) {
  Open(text.empty() ? "empty" : "");
  html_.Markup("<code class=\"id\">").Text(text).Markup("</code></td>");
  return *this;
}

TableWriter& TableWriter::Number(const std::string& text) {
  Open(text == "0" || text == "–" ? "zero" : "");
  html_.Text(text).Markup("</td>");
  return *this;
}

TableWriter& TableWriter::Count(double count) {
  return Number(CountText(count));
}

HtmlWriter& TableWriter::Begin() {
  Open("");
  return html_;
}

TableWriter& TableWriter::End() {
  html_.Markup("</td>");
  return *this;
}

}  // namespace wriftai
