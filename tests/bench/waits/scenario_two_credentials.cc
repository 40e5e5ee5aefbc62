#include "absl/time/clock.h"
#include "tests/bench/waits/scenarios.h"
#include "tests/bench/waits/scene.h"
#include "tests/bench/waits/sequential_waits.h"
#include "tests/bench/waits/servers.h"
#include "tests/bench/waits/statistics.h"
#include "tests/bench/waits/upstream_counts.h"
#include "tests/bench/waits/wait_load.h"

// Two credentials with separate budgets at one gateway. Measures the few waits
// of the small credential, first alone at another gateway, then beside the many
// waits of the large one. The predictions are the same both times.

namespace wriftai::bench {
namespace {

// Tolerates the difference between two runs with few samples.
constexpr double kMaxSlower = 1.2;

constexpr char kLargeToken[] = "token-of-the-large-one";
constexpr char kSmallToken[] = "token-of-the-small-one";

// Enough for all waits of the large credential and its first polls to start.
constexpr absl::Duration kSettle = absl::Seconds(2);

// Longer than the scenario.
constexpr absl::Duration kLargeRunTime = absl::Hours(1);

struct SmallResult {
  SequentialResult waits;
  int64_t refused = 0;
};

absl::StatusOr<SmallResult> RunSmall(const Options& options,
                                     const Servers& servers) {
  std::vector<std::vector<absl::Duration>> run_times;
  for (int64_t i = 0; i < options.small_waiters; ++i) {
    run_times.push_back(PlanRunTimes(options.small_rounds,
                                     options.small_run_time, options.seed + i));
  }
  SmallResult result;
  result.waits = WaitThroughGateway(servers.gateways[0]->address(), kSmallToken,
                                    run_times);
  const auto counts = UpstreamCounts::Fetch(servers.api());
  if (!counts.ok()) return counts.status();
  result.refused = Refused(counts->By(kSmallToken, Sender::kGateway));
  return result;
}

absl::StatusOr<SmallResult> RunAlone(const Options& options) {
  const auto servers = StartServers(options);
  if (!servers.ok()) return servers.status();
  return RunSmall(options, *servers);
}

absl::StatusOr<SmallResult> RunBeside(const Options& options) {
  const auto servers = StartServers(options);
  if (!servers.ok()) return servers.status();
  const std::vector<std::string> addresses = servers->Addresses();
  const auto running =
      CreateThroughGateway(addresses.front(), kLargeToken,
                           PlanEnds(options.large_predictions, kLargeRunTime,
                                    options.EndRate(), options.seed));
  if (!running.ok()) return running.status();
  WaitLoad large(addresses, kLargeToken, *running,
                 static_cast<size_t>(options.large_waiters),
                 options.poll_interval);
  large.Start();
  absl::SleepFor(kSettle);
  return RunSmall(options, *servers);
}

}  // namespace

absl::StatusOr<ScenarioReport> RunTwoCredentials(const Options& options) {
  const auto alone = RunAlone(options);
  if (!alone.ok()) return alone.status();
  const auto beside = RunBeside(options);
  if (!beside.ok()) return beside.status();
  const auto number = [](auto count) { return static_cast<double>(count); };
  const auto& alone_delays = alone->waits.delay_seconds;
  const auto& beside_delays = beside->waits.delay_seconds;
  ScenarioReport report;
  report.text = "a small credential alone and beside a large one";
  report.setup = {
      {"large_waiters", number(options.large_waiters)},
      {"large_predictions", number(options.large_predictions)},
      {"small_waiters", number(options.small_waiters)},
      {"small_rounds", number(options.small_rounds)},
      {"small_run_time_s", absl::ToDoubleSeconds(options.small_run_time)},
      {"read_rate", number(options.read_rate)},
      {"seed", number(options.seed)}};
  report.figures = {
      {"lost_waits",
       "lost waits of the small credential",
       "",
       number(alone->waits.lost + beside->waits.lost),
       {},
       Bound{0}},
      {"alone_mean",
       "terminal delay alone, mean",
       "s",
       Mean(alone_delays),
       {},
       {}},
      {"alone_p99",
       "terminal delay alone, p99",
       "s",
       Percentile(alone_delays, 99),
       {},
       {}},
      {"beside_mean",
       "terminal delay beside the large one, mean",
       "s",
       Mean(beside_delays),
       {},
       {}},
      {"beside_p99",
       "terminal delay beside the large one, p99",
       "s",
       Percentile(beside_delays, 99),
       {},
       {}},
      {"beside_over_alone",
       "mean beside over mean alone",
       "",
       Ratio(Mean(beside_delays), Mean(alone_delays)),
       {},
       Bound{kMaxSlower, Bound::Kind::kTime}},
      {"alone_refused", "429s alone", "", number(alone->refused), {}, {}},
      {"beside_refused",
       "429s beside the large one",
       "",
       number(beside->refused),
       {},
       {}},
  };
  return report;
}

}  // namespace wriftai::bench
