#include "service/logging/line_throttle.h"

#include <algorithm>
#include <utility>

namespace wriftai {

std::optional<int64_t> LineThrottle::Admit(const std::string& kind,
                                           absl::Time now) {
  const bool is_known = kinds_.count(kind) > 0 || kinds_.size() < kMaxKinds;
  Kind& found = kinds_[is_known ? kind : ""];
  const absl::Time full_at = std::max(found.full_at, now) + kInterval;
  if (full_at - now > kBurst * kInterval) {
    ++found.suppressed;
    ++suppressed_;
    return std::nullopt;
  }
  found.full_at = full_at;
  return std::exchange(found.suppressed, 0);
}

}  // namespace wriftai
