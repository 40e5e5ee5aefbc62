#include "tests/bench/polling/consumer_sweep.h"

#include <algorithm>

namespace wriftai::bench {
namespace {

constexpr int kSeeds = 5;

// Right after the beginning of a second in the first phase.
constexpr absl::Duration kBegin = absl::Milliseconds(10005);

Consumer Every(double seconds) { return {absl::Seconds(seconds), kBegin}; }

Consumer Between(double seconds, int begin, int end) {
  return {absl::Seconds(seconds), absl::Seconds(begin), absl::Seconds(end)};
}

Consumer From(double seconds, double begin) {
  return {absl::Seconds(seconds), absl::Seconds(begin)};
}

Consumer Burst(int reads, double seconds) {
  Consumer consumer = Every(seconds);
  consumer.burst = reads;
  return consumer;
}

Consumer Irregular(double rate) {
  Consumer consumer = Every(1 / rate);
  consumer.irregular = true;
  return consumer;
}

}  // namespace

std::vector<ConsumerCase> ConsumerCases() {
  constexpr double kHalf = 2.0 / 3;
  return {
      {"1.5 per second", {Every(kHalf)}},
      {"the same, latency to 20 ms", {Every(kHalf)}, absl::Milliseconds(20)},
      {"the same, latency to 100 ms", {Every(kHalf)}, absl::Milliseconds(100)},
      {"official client, every 1.002 s", {Every(1.002)}},
      {"official client, every 1.03 s", {Every(1.03)}},
      {"two official clients", {Every(1.002), From(1.0037, 13.3)}},
      {"official client, leaves", {Between(1.002, 4, 30)}},
      {"1.5 per second, leaves", {Between(kHalf, 10, 32)}},
      {"2 per second", {Every(0.5)}},
      {"2.5 per second", {Every(0.4)}},
      {"every 5 s", {Every(5)}},
      {"2 at once, every 2 s", {Burst(2, 2)}},
      {"3 at once, every 5 s", {Burst(3, 5)}},
      {"irregular, 0.3 per second", {Irregular(0.3)}},
      {"irregular, 1 per second", {Irregular(1)}},
      {"irregular, 1.5 per second", {Irregular(1.5)}},
      {"1, then 1.5 per second", {Between(1, 10, 40), From(kHalf, 40)}},
      {"1.5, then 1 per second", {Between(kHalf, 10, 40), From(1, 40)}},
      {"1.5 per second, stops and starts",
       {Between(kHalf, 10, 40), Between(kHalf, 40, 50), From(kHalf, 50.45)}},
  };
}

ConsumerSweep SweepPhases(const ConsumerCase& consumers) {
  ConsumerSweep sweep;
  for (int phase = 0; phase < kPhases; ++phase) {
    const uint64_t seed = static_cast<uint64_t>(phase) % kSeeds + 1;
    Scenario scenario = SecondConsumerScenario(seed);
    scenario.latency = consumers.latency;
    scenario.consumers = consumers.consumers;
    for (Consumer& consumer : scenario.consumers) {
      consumer.begin += absl::Seconds(2) * phase / kPhases;
    }
    const ScenarioResult result = RunScenario(scenario);
    const double ratio = result.mean_delay / result.oracle_delay;
    sweep.mean_ratio += ratio / kPhases;
    sweep.max_ratio = std::max(sweep.max_ratio, ratio);
    sweep.limited_later += result.limited_later;
    sweep.other_limited += result.other_limited;
    sweep.other_over += result.other_over;
    sweep.unfinished += result.unfinished;
  }
  return sweep;
}

}  // namespace wriftai::bench
