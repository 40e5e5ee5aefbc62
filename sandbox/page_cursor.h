#ifndef WRIFTAI_SANDBOX_PAGE_CURSOR_H_
#define WRIFTAI_SANDBOX_PAGE_CURSOR_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace wriftai::sandbox {

// A position between two items of a list that is ordered from new to old. New
// predictions neither repeat nor hide an item.
struct PageCursor {
  enum class Direction { kOlder, kNewer };

  Direction direction = Direction::kOlder;
  uint64_t sequence = 0;  // The page starts next to this item.

  // Opaque: base64 of JSON.
  std::string Encode() const;
  static std::optional<PageCursor> Decode(absl::string_view text);
};

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_PAGE_CURSOR_H_
