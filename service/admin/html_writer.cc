#include "service/admin/html_writer.h"

#include <cmath>

#include "absl/strings/str_cat.h"

namespace wriftai {

HtmlWriter& HtmlWriter::Text(absl::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        html_ += "&amp;";
        break;
      case '<':
        html_ += "&lt;";
        break;
      case '>':
        html_ += "&gt;";
        break;
      case '"':
        html_ += "&quot;";
        break;
      case '\'':
        html_ += "&#39;";
        break;
      default:
        html_ += c;
    }
  }
  return *this;
}

HtmlWriter& HtmlWriter::Number(double value) {
  absl::StrAppend(&html_, std::round(value * 100) / 100);
  return *this;
}

}  // namespace wriftai
