#ifndef WRIFTAI_CLIENT_BACKOFF_H_
#define WRIFTAI_CLIENT_BACKOFF_H_

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/time/time.h"

namespace wriftai::client {

// How long to stay away before the next try, where the gateway does not say:
// 0.5 s, doubled up to 10 s, each from half to all of it by chance, so that
// those who lost one gateway do not come back as one.
//
// Threads: one. Fails: never.
class Backoff {
 public:
  // `random`: from 0 up to 1.
  explicit Backoff(std::function<double()> random)
      : random_(std::move(random)) {}

  absl::Duration Next() {
    const absl::Duration delay = longest_ * (0.5 + 0.5 * random_());
    longest_ = std::min(longest_ * 2, kLongest);
    return delay;
  }

  // The last try has brought something.
  void Reset() { longest_ = kFirst; }

 private:
  static constexpr absl::Duration kFirst = absl::Milliseconds(500);
  static constexpr absl::Duration kLongest = absl::Seconds(10);

  const std::function<double()> random_;
  absl::Duration longest_ = kFirst;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_BACKOFF_H_
