#include <utility>

#include "absl/time/clock.h"
#include "tests/bench/waits/gateway_load.h"
#include "tests/bench/waits/naive_clients.h"
#include "tests/bench/waits/scenarios.h"
#include "tests/bench/waits/scene.h"
#include "tests/bench/waits/statistics.h"

// Many waiters for fewer predictions of one token, through the gateway, with
// concurrent interactive Gets. Before that, the same number of naive clients
// with a separate upstream.

namespace wriftai::bench {
namespace {

constexpr double kMaxReadsPerPrediction = 2;
constexpr double kMaxOverOracle = 1.2;
constexpr double kMaxOverOracleWithGets = 1.12;
constexpr double kMaxStaleness = 2;
// The latency of an interactive Get, in addition to the wait for one permit of
// the budget.
constexpr double kMaxGetMilliseconds = 400;

struct NaiveResult {
  size_t completed = 0;
  size_t predictions_completed = 0;
  std::vector<double> delay_seconds;
  int64_t reads = 0;
  int64_t refused = 0;
  int64_t refused_later = 0;
};

absl::StatusOr<NaiveResult> RunNaive(const Options& options,
                                     const LoadPlan& plan) {
  const auto sandbox = StartSandbox(options);
  if (!sandbox.ok()) return sandbox.status();
  const std::string& api = (*sandbox)->address();
  CurlEventLoop loop(NaiveHttpOptions(options.naive_connections));
  const auto running =
      CreateUpstream(loop, api, kToken,
                     PlanEnds(plan.predictions, plan.run_time,
                              options.EndRate(), options.seed));
  if (!running.ok()) return running.status();
  std::vector<Running> waits;
  absl::Time last_end = absl::InfinitePast();
  for (int64_t i = 0; i < plan.waiters; ++i) {
    waits.push_back((*running)[static_cast<size_t>(i) % running->size()]);
    last_end = std::max(last_end, waits.back().ends_at);
  }
  NaiveClients clients(loop, api, kToken, std::move(waits));
  AwaitNewSecond();
  const int64_t first_window = absl::ToUnixSeconds(absl::Now());
  clients.Start();
  clients.AwaitEnds(last_end + options.patience);
  const auto counts = UpstreamCounts::Fetch(api);
  if (!counts.ok()) return counts.status();
  const auto seconds = counts->By(kToken, Sender::kNaive);
  NaiveResult result;
  result.delay_seconds = clients.DelaySeconds();
  result.reads = Reads(seconds);
  result.refused = Refused(seconds);
  result.refused_later = Refused(seconds, {first_window});
  return result;
}

double Number(size_t count) { return static_cast<double>(count); }
double Number(int64_t count) { return static_cast<double>(count); }

std::vector<Figure> FiguresOf(const Options& options, const LoadResult& ours,
                              const NaiveResult& naive) {
  const auto mean = Mean(ours.delay_seconds);
  const auto p99 = Percentile(ours.delay_seconds, 99);
  const auto oracle_mean = Mean(ours.oracle_seconds);
  const auto oracle_p99 = Percentile(ours.oracle_seconds, 99);
  const auto with_gets_mean = Mean(ours.oracle_with_gets_seconds);
  const double token_ms = 1000 / static_cast<double>(options.read_rate);
  const size_t naive_completed = naive.delay_seconds.size();
  std::vector<double> of_groups;
  std::vector<double> plain;
  for (const Spread& spread : ours.staleness) {
    of_groups.push_back(spread.of_groups);
    plain.push_back(spread.plain);
  }
  return {
      {"lost_waits", "waits lost", "", Number(ours.lost),
       Number(static_cast<size_t>(ours.waiters) - naive_completed), Bound{0}},
      {"refused", "429s", "", Number(ours.refused), Number(naive.refused), {}},
      {"refused_later", "429s after the first window", "",
       Number(ours.refused_later), Number(naive.refused_later), Bound{0}},
      {"reads",
       "reads upstream, including refused ones",
       "",
       Number(ours.reads),
       Number(naive.reads),
       {}},
      {"reads_per_prediction", "reads per prediction completed", "",
       Ratio(Number(ours.reads), Number(ours.predictions_completed)),
       std::nullopt, Bound{kMaxReadsPerPrediction}},
      {"reads_per_wait",
       "reads per wait completed",
       "",
       Ratio(Number(ours.reads),
             Number(static_cast<size_t>(ours.waiters) - ours.lost)),
       Ratio(Number(naive.reads), Number(naive_completed)),
       {}},
      {"delay_mean",
       "terminal delay, mean",
       "s",
       mean,
       Mean(naive.delay_seconds),
       {}},
      {"delay_p99",
       "terminal delay, p99",
       "s",
       p99,
       Percentile(naive.delay_seconds, 99),
       {}},
      {"oracle_mean",
       "terminal delay of the oracle, mean",
       "s",
       oracle_mean,
       std::nullopt,
       {}},
      {"oracle_p99",
       "terminal delay of the oracle, p99",
       "s",
       oracle_p99,
       std::nullopt,
       {}},
      {"delay_mean_over_oracle", "mean relative to the oracle", "",
       Ratio(mean, oracle_mean), std::nullopt,
       Bound{kMaxOverOracle, Bound::Kind::kTime}},
      {"delay_p99_over_oracle", "p99 relative to the oracle", "",
       Ratio(p99, oracle_p99), std::nullopt,
       Bound{kMaxOverOracle, Bound::Kind::kTime}},
      {"oracle_with_gets_mean",
       "terminal delay of an oracle that serves the Gets, mean",
       "s",
       with_gets_mean,
       std::nullopt,
       {}},
      {"delay_mean_over_oracle_with_gets", "mean relative to that oracle", "",
       Ratio(mean, with_gets_mean), std::nullopt,
       Bound{kMaxOverOracleWithGets, Bound::Kind::kTime}},
      {"staleness_samples",
       "staleness samples",
       "",
       Number(ours.staleness.size()),
       std::nullopt,
       {}},
      {"staleness", "oldest over median staleness, median", "",
       Percentile(of_groups, 50), std::nullopt,
       Bound{kMaxStaleness, Bound::Kind::kTime}},
      {"staleness_p95",
       "oldest over median staleness, p95",
       "",
       Percentile(of_groups, 95),
       std::nullopt,
       {}},
      {"staleness_plain",
       "oldest over plain median staleness, median",
       "",
       Percentile(plain, 50),
       std::nullopt,
       {}},
      {"gets", "interactive Gets", "", Number(ours.gets), std::nullopt, {}},
      {"get_failures", "failed interactive Gets", "", Number(ours.get_failures),
       std::nullopt, Bound{0}},
      {"get_p50",
       "interactive Get, p50",
       "ms",
       Percentile(ours.get_milliseconds, 50),
       std::nullopt,
       {}},
      {"get_p99", "interactive Get, p99", "ms",
       Percentile(ours.get_milliseconds, 99), std::nullopt,
       Bound{kMaxGetMilliseconds + token_ms, Bound::Kind::kTime}},
      {"start",
       "time to start all waits",
       "s",
       ours.start_seconds,
       std::nullopt,
       {}},
      {"gateway_peak",
       "gateway: peak resident memory",
       "MiB",
       ours.used.peak_mib,
       std::nullopt,
       {}},
      {"gateway_cpu",
       "gateway: CPU time",
       "s",
       ours.used.cpu_seconds,
       std::nullopt,
       {}},
  };
}

}  // namespace

absl::StatusOr<ScenarioReport> RunLoad(const Options& options) {
  LoadPlan plan;
  plan.waiters = options.waiters;
  plan.predictions = options.predictions;
  plan.run_time = options.run_time;
  plan.get_interval = options.get_interval;
  const auto naive = RunNaive(options, plan);
  if (!naive.ok()) return naive.status();
  const auto ours = RunGatewayLoad(options, plan);
  if (!ours.ok()) return ours.status();
  ScenarioReport report;
  report.text = "many waiters for fewer predictions of one token";
  report.setup = SetupOf(options, plan);
  report.figures = FiguresOf(options, *ours, *naive);
  report.notes = ours->notes;
  return report;
}

}  // namespace wriftai::bench
