#ifndef WRIFTAI_SERVICE_ADMIN_HTML_WRITER_H_
#define WRIFTAI_SERVICE_ADMIN_HTML_WRITER_H_

#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace wriftai {

// Writes HTML such that only what stands in the program's source is markup:
// everything else is text, and cannot become anything else, be it between tags
// or in an attribute's value, which has to be quoted.
//
// Threads: one. A value.
class HtmlWriter {
 public:
  // A literal, as it is.
  template <size_t kSize>
  HtmlWriter& Markup(const char (&literal)[kSize]) {
    html_.append(literal, kSize - 1);
    return *this;
  }

  // Escaped.
  HtmlWriter& Text(absl::string_view text);

  // For coordinates of drawings: with two decimals at the most.
  HtmlWriter& Number(double value);

  std::string Take() { return std::move(html_); }

 private:
  std::string html_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ADMIN_HTML_WRITER_H_
