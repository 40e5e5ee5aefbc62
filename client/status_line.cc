#include "client/status_line.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace wriftai::client {
namespace {

constexpr int kWidthIfUnknown = 80;

constexpr char kEraseToEnd[] = "\x1b[K";

}  // namespace

StatusLine::StatusLine(std::ostream& terminal, std::function<int()> width)
    : terminal_(terminal), width_(std::move(width)) {}

StatusLine::~StatusLine() { Erase(); }

void StatusLine::Draw(absl::string_view text) {
  int width = width_();
  if (width <= 0) width = kWidthIfUnknown;
  // The last column stays empty: some terminals go to the next line there, and
  // would leave this one behind.
  // One write, since stderr has no buffer and a line in parts flickers.
  terminal_ << absl::StrCat("\r",
                            text.substr(0, static_cast<size_t>(width - 1)),
                            kEraseToEnd)
            << std::flush;
  drawn_ = true;
}

void StatusLine::Erase() {
  if (!drawn_) return;
  terminal_ << absl::StrCat("\r", kEraseToEnd) << std::flush;
  drawn_ = false;
}

}  // namespace wriftai::client
