#include "service/calls/short_text.h"

#include "absl/strings/ascii.h"

namespace wriftai {

std::string ShortText(absl::string_view text) {
  std::string shown(text.substr(0, kShortTextBytes));
  for (char& c : shown) {
    if (!absl::ascii_isprint(static_cast<unsigned char>(c))) c = '?';
  }
  return shown;
}

}  // namespace wriftai
