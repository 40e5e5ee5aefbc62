#ifndef WRIFTAI_SERVICE_LOGGING_LINE_THROTTLE_H_
#define WRIFTAI_SERVICE_LOGGING_LINE_THROTTLE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"

namespace wriftai {

// Keeps a flood of alike lines from filling a disk: of each kind, kBurst lines
// at once and then one every kInterval are let through.
//
// Threads: one. Fails: never.
class LineThrottle {
 public:
  // More than a drain or an outage makes of lines that somebody reads. A kind
  // that never stops makes 430 MB a day of lines of half a kilobyte.
  static constexpr int kBurst = 1000;
  static constexpr absl::Duration kInterval = absl::Milliseconds(100);

  // Kinds are made of enums; what is beyond shares one.
  static constexpr size_t kMaxKinds = 256;

  // How many lines of the kind were suppressed since the last one; nothing: so
  // is this one.
  std::optional<int64_t> Admit(const std::string& kind, absl::Time now);

  int64_t suppressed() const { return suppressed_; }

 private:
  struct Kind {
    // When the burst would be whole again.
    absl::Time full_at = absl::InfinitePast();
    int64_t suppressed = 0;
  };

  std::map<std::string, Kind> kinds_;
  int64_t suppressed_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_LOGGING_LINE_THROTTLE_H_
