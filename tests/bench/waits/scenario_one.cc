#include <thread>

#include "tests/bench/waits/scenarios.h"
#include "tests/bench/waits/scene.h"
#include "tests/bench/waits/sequential_waits.h"
#include "tests/bench/waits/servers.h"
#include "tests/bench/waits/statistics.h"
#include "tests/bench/waits/upstream_counts.h"

// One waiter and one prediction at a time, so that there is nothing to share:
// through the gateway, and concurrently by a naive client with a separate
// token.

namespace wriftai::bench {
namespace {

constexpr double kMaxOverNaive = 0.5;

// The naive client reads once a second. Spare polls leave a third of the
// budget.
constexpr double kMaxPartOfBudget = 2.0 / 3;

constexpr char kNaiveToken[] = "token-of-the-naive-client";

}  // namespace

absl::StatusOr<ScenarioReport> RunOne(const Options& options) {
  const auto servers = StartServers(options);
  if (!servers.ok()) return servers.status();
  const std::vector<absl::Duration> run_times =
      PlanRunTimes(options.one_rounds, options.one_run_time, options.seed);
  absl::StatusOr<SequentialResult> naive;
  std::thread naive_client(
      [&] { naive = WaitNaively(servers->api(), kNaiveToken, run_times); });
  const SequentialResult ours =
      WaitThroughGateway(servers->gateways[0]->address(), kToken, {run_times});
  naive_client.join();
  if (!naive.ok()) return naive.status();
  const auto counts = UpstreamCounts::Fetch(servers->api());
  if (!counts.ok()) return counts.status();

  const auto number = [](auto count) { return static_cast<double>(count); };
  const double rounds = number(options.one_rounds);
  const auto our_counts = counts->By(kToken, Sender::kGateway);
  const auto naive_counts = counts->By(kNaiveToken, Sender::kNaive);
  const double our_reads = number(Reads(our_counts)) / rounds;
  const double naive_reads = number(Reads(naive_counts)) / rounds;
  const auto our_mean = Mean(ours.delay_seconds);
  const auto naive_mean = Mean(naive->delay_seconds);
  ScenarioReport report;
  report.text = "one waiter for one prediction, repeatedly";
  report.setup = {{"rounds", rounds},
                  {"run_time_s", absl::ToDoubleSeconds(options.one_run_time)},
                  {"read_rate", number(options.read_rate)},
                  {"seed", number(options.seed)}};
  report.figures = {
      {"lost_waits", "waits lost", "", number(ours.lost), number(naive->lost),
       Bound{0}},
      {"refused", "429s", "", number(Refused(our_counts)),
       number(Refused(naive_counts)), Bound{0}},
      {"delay_mean", "terminal delay, mean", "s", our_mean, naive_mean, {}},
      {"delay_p99",
       "terminal delay, p99",
       "s",
       Percentile(ours.delay_seconds, 99),
       Percentile(naive->delay_seconds, 99),
       {}},
      {"delay_over_naive",
       "mean relative to the naive client",
       "",
       Ratio(our_mean, naive_mean),
       {},
       Bound{kMaxOverNaive, Bound::Kind::kTime}},
      {"reads_per_wait", "reads per wait", "", our_reads, naive_reads, {}},
      {"reads_over_naive",
       "reads relative to the naive client",
       "",
       Ratio(our_reads, naive_reads),
       {},
       Bound{kMaxPartOfBudget * number(options.read_rate)}},
  };
  return report;
}

}  // namespace wriftai::bench
