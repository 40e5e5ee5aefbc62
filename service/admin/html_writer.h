#ifndef WRIFTAI_SERVICE_ADMIN_HTML_WRITER_H_
#define WRIFTAI_SERVICE_ADMIN_HTML_WRITER_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace wriftai {

// Writes HTML in which only literals of the program's source are markup.
// Everything else is escaped, both between tags and in attribute values, which
// must be quoted.
//
// Threads: one. A value.
class HtmlWriter {
 public:
  // Appends a literal verbatim.
  template <size_t kSize>
  HtmlWriter& Markup(const char (&literal)[kSize]) {
    html_.append(literal, kSize - 1);
    return *this;
  }

  // Appends `text`, escaped.
  HtmlWriter& Text(absl::string_view text);

  // For SVG coordinates: appends `value` with at most two decimals.
  HtmlWriter& Number(double value);

  std::string Take() { return std::move(html_); }

 private:
  std::string html_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_HTML_WRITER_H_
