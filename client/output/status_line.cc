#include "client/output/status_line.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace wriftai::client {
namespace {

constexpr int kDefaultWidth = 80;

constexpr char kEraseToEnd[] = "\x1b[K";

}  // namespace

StatusLine::StatusLine(std::ostream& terminal, std::function<int()> width)
    : terminal_(terminal), width_(std::move(width)) {}

StatusLine::~StatusLine() { Erase(); }

void StatusLine::Draw(absl::string_view text) {
  int width = width_();
  if (width <= 0) width = kDefaultWidth;
  // Leaves the last column empty: some terminals wrap there, and a redraw would
  // leave the old line behind.
  // Uses a single write: stderr is unbuffered, and partial lines flicker.
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
