#include "base/uuid.h"

#include <cstddef>

#include "absl/strings/ascii.h"

namespace wriftai {

std::optional<std::string> UuidFromText(absl::string_view text) {
  constexpr absl::string_view kForm = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != kForm.size()) return std::nullopt;
  for (size_t i = 0; i < kForm.size(); ++i) {
    const bool fits =
        kForm[i] == '-'
            ? text[i] == '-'
            : absl::ascii_isxdigit(static_cast<unsigned char>(text[i]));
    if (!fits) return std::nullopt;
  }
  return absl::AsciiStrToLower(text);
}

}  // namespace wriftai
