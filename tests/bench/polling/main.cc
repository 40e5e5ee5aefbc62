#include <algorithm>
#include <cstdio>
#include <cstring>
#include <vector>

#include "tests/bench/polling/consumer_sweep.h"
#include "tests/bench/polling/polling_case.h"

// Compares choosing between GETs and list pages by cost with using only one of
// them, in virtual time. With --check, exits with 1 if choosing by cost is
// worse than the better of the two by more than kSlack*.
//
// With --consumers, shows instead what other consumers of the token cost the
// waits of `second_consumer`, and what the waits cost them.

namespace wriftai::bench {
namespace {

// Seconds and the fraction of the delay by which choosing by cost may be worse:
// about one request of the budget, and the cost of the first list pages.
constexpr double kSlackSeconds = 0.7;
constexpr double kSlackPart = 0.05;

std::vector<PollingCase> Cases() {
  const auto spread = [](PollingCase polling, int shortest, int longest) {
    polling.shortest_life = absl::Seconds(shortest);
    polling.longest_life = absl::Seconds(longest);
    return polling;
  };
  return {
      spread({"1 prediction", 1, 0, absl::Seconds(1), {}, {}}, 60, 60),
      spread({"3 predictions", 3, 0, absl::Seconds(3), {}, {}}, 40, 80),
      spread({"20 new", 20, 0, absl::Seconds(2), {}, {}}, 40, 80),
      spread({"200 new", 200, 0, absl::Seconds(14), {}, {}}, 60, 400),
      spread({"1,000 new, ending at 15 per second",
              1000,
              0,
              absl::Seconds(67),
              {},
              {}},
             60, 127),
      spread({"20 among 1,000 unwatched", 20, 50, absl::Seconds(2), {}, {}}, 40,
             80),
      spread({"200 among 2,000 unwatched", 200, 10, absl::Seconds(14), {}, {}},
             60, 400),
      spread({"20 old, in unknown positions",
              20,
              50,
              absl::Seconds(2),
              {},
              {},
              false},
             40, 80),
  };
}

bool IsWorse(const PollingResult& chosen, const PollingResult& other) {
  return chosen.unfinished > other.unfinished ||
         chosen.mean_delay >
             other.mean_delay * (1 + kSlackPart) + kSlackSeconds;
}

int Run(bool check) {
  bool worse = false;
  std::printf("%-36s %22s %22s %22s %8s\n", "", "GETs only", "pages only",
              "by cost", "oracle");
  std::printf("%-36s", "");
  for (int i = 0; i < 3; ++i) std::printf(" %10s %11s", "reads", "delay [s]");
  std::printf(" %8s\n", "[s]");
  for (const PollingCase& polling : Cases()) {
    const PollingResult gets = RunPolling(polling, PagePolicy::kNever);
    const PollingResult pages = RunPolling(polling, PagePolicy::kAlways);
    const PollingResult by_cost = RunPolling(polling, PagePolicy::kByCost);
    std::printf("%-36s", polling.text.c_str());
    for (const PollingResult* result : {&gets, &pages, &by_cost}) {
      std::printf(" %10.2f %11.2f", result->reads, result->mean_delay);
    }
    std::printf(" %8.2f\n", by_cost.oracle_delay);
    worse = worse || IsWorse(by_cost, gets) || IsWorse(by_cost, pages);
  }
  if (check && worse) {
    std::printf("choosing by cost is worse than GETs only or pages only\n");
  }
  return check && worse ? 1 : 0;
}

int ShowConsumers() {
  std::printf("%-32s %17s %7s %19s\n", "", "over the oracle", "429s",
              "429s of the others");
  std::printf("%-32s %8s %8s %7s %10s %8s\n", "", "mean", "worst", "", "beside",
              "alone");
  for (const ConsumerCase& consumers : ConsumerCases()) {
    const ConsumerSweep sweep = SweepPhases(consumers);
    std::printf("%-32s %8.2f %8.2f %7d %10d %8d\n", consumers.text.c_str(),
                sweep.mean_ratio, sweep.max_ratio,
                static_cast<int>(sweep.limited_later),
                static_cast<int>(sweep.other_limited),
                static_cast<int>(sweep.other_over));
  }
  return 0;
}

}  // namespace
}  // namespace wriftai::bench

int main(int argc, char** argv) {
  const auto given = [&](const char* flag) {
    return argc > 1 && std::strcmp(argv[1], flag) == 0;
  };
  return given("--consumers") ? wriftai::bench::ShowConsumers()
                              : wriftai::bench::Run(given("--check"));
}
