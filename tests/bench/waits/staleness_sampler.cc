#include "tests/bench/waits/staleness_sampler.h"

#include <optional>

#include "absl/time/clock.h"

namespace wriftai::bench {

StalenessSampler::StalenessSampler(const WaitLoad& load, int64_t seed)
    : load_(load),
      random_(static_cast<uint64_t>(seed)),
      thread_([this] { Run(); }) {}

StalenessSampler::~StalenessSampler() { Finish(); }

std::vector<Spread> StalenessSampler::Finish() {
  if (thread_.joinable()) {
    stop_.Notify();
    thread_.join();
  }
  return samples_;
}

void StalenessSampler::Run() {
  std::uniform_real_distribution<double> part(0, 1);
  int64_t second = absl::ToUnixSeconds(absl::Now());
  while (true) {
    ++second;
    const absl::Time moment =
        absl::FromUnixSeconds(second) + absl::Seconds(part(random_));
    if (stop_.WaitForNotificationWithTimeout(moment - absl::Now())) return;
    const auto states = load_.States();
    if (const auto spread = OldestToMedian(states, absl::Now())) {
      samples_.push_back(*spread);
    }
  }
}

}  // namespace wriftai::bench
