#ifndef WRIFTAI_CLIENT_OUTPUT_COLOR_H_
#define WRIFTAI_CLIENT_OUTPUT_COLOR_H_

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace wriftai::client {

// Of the eight that every terminal has, and every theme keeps readable.
enum class Color { kRed = 31, kGreen = 32, kYellow = 33 };

// `text` in the color, or unchanged without `enabled`. Any thread.
inline std::string Colored(Color color, absl::string_view text, bool enabled) {
  if (!enabled) return std::string(text);
  return absl::StrCat("\x1b[", static_cast<int>(color), "m", text, "\x1b[0m");
}

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_OUTPUT_COLOR_H_
