#ifndef WRIFTAI_SERVICE_LOGGING_LINE_THROTTLE_H_
#define WRIFTAI_SERVICE_LOGGING_LINE_THROTTLE_H_

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "absl/time/time.h"

namespace wriftai {

// Keeps a flood of similar lines from filling a disk: each kind may log kBurst
// lines at once and then one every kInterval.
//
// Threads: one. Fails: never.
class LineThrottle {
 public:
  // More than a drain or an outage logs of useful lines. A kind that never
  // stops writes 430 MB a day with lines of half a kilobyte.
  static constexpr int kBurst = 1000;
  static constexpr absl::Duration kInterval = absl::Milliseconds(100);

  // Kinds are made of enums; any kinds beyond this share one.
  static constexpr size_t kMaxKinds = 256;

  // The number of lines of this kind suppressed since the last admitted one.
  // Empty: this line is suppressed, too.
  std::optional<int64_t> Admit(const std::string& kind, absl::Time now);

  int64_t suppressed() const { return suppressed_; }

 private:
  struct Kind {
    // When the full burst is available again.
    absl::Time full_at = absl::InfinitePast();
    int64_t suppressed = 0;
  };

  std::map<std::string, Kind> kinds_;
  int64_t suppressed_ = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_LOGGING_LINE_THROTTLE_H_
