#include <algorithm>
#include <cstdio>
#include <cstring>
#include <vector>

#include "tests/bench/polling/polling_case.h"

// What choosing between GETs and list pages by cost is worth, beside always
// taking the one or the other, on virtual time. With --check: exit status 1
// where the choice is worse than the better of the two by more than kSlack.

namespace wriftai::bench {
namespace {

// Seconds and parts of the delay by which the choice may lose: about one place
// of the budget, and what the first looks at the list cost.
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
      spread({"20 new ones", 20, 0, absl::Seconds(2), {}, {}}, 40, 80),
      spread({"200 new ones", 200, 0, absl::Seconds(14), {}, {}}, 60, 400),
      spread({"1,000 new ones, ending 15 a second",
              1000,
              0,
              absl::Seconds(67),
              {},
              {}},
             60, 127),
      spread({"20 among 1,000 of others", 20, 50, absl::Seconds(2), {}, {}}, 40,
             80),
      spread({"200 among 2,000 of others", 200, 10, absl::Seconds(14), {}, {}},
             60, 400),
      spread({"20 of old, found by nobody",
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
  std::printf("%-36s %22s %22s %22s %8s\n", "", "GETs alone", "pages alone",
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
  if (check && worse) std::printf("by cost is worse than one of the others\n");
  return check && worse ? 1 : 0;
}

}  // namespace
}  // namespace wriftai::bench

int main(int argc, char** argv) {
  return wriftai::bench::Run(argc > 1 && std::strcmp(argv[1], "--check") == 0);
}
