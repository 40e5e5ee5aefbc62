#include "tests/bench/waits/gateway_load.h"
#include "tests/bench/waits/scenarios.h"
#include "tests/bench/waits/statistics.h"

// A second consumer uses half of the token's reads without the gateway, which
// can detect it only from upstream's responses.

namespace wriftai::bench {
namespace {

constexpr double kShare = 0.5;

constexpr double kMaxOverOracle = 1.3;

}  // namespace

absl::StatusOr<ScenarioReport> RunSecondConsumer(const Options& options) {
  LoadPlan plan;
  plan.waiters = options.shared_waiters;
  plan.predictions = options.shared_predictions;
  plan.run_time = options.shared_run_time;
  plan.consumer_share = kShare;
  const auto ours = RunGatewayLoad(options, plan);
  if (!ours.ok()) return ours.status();
  const auto mean = Mean(ours->delay_seconds);
  const auto oracle_mean = Mean(ours->oracle_seconds);
  ScenarioReport report;
  report.text = "a second consumer uses half of the token's reads";
  report.setup = SetupOf(options, plan);
  report.setup.emplace_back("consumer_share", kShare);
  report.notes = ours->notes;
  const auto number = [](auto count) { return static_cast<double>(count); };
  report.figures = {
      {"lost_waits", "waits lost", "", number(ours->lost), {}, Bound{0}},
      {"refused", "429s of the gateway", "", number(ours->refused), {}, {}},
      {"refused_later",
       "429s of the gateway after the first window",
       "",
       number(ours->refused_later),
       {},
       Bound{0}},
      {"reads", "reads of the gateway", "", number(ours->reads), {}, {}},
      {"consumer_reads",
       "reads of the second consumer",
       "",
       number(ours->consumer_reads),
       {},
       {}},
      {"consumer_refused",
       "429s of the second consumer",
       "",
       number(ours->consumer_refused),
       {},
       {}},
      {"delay_mean", "terminal delay, mean", "s", mean, {}, {}},
      {"oracle_mean",
       "terminal delay of the oracle, mean",
       "s",
       oracle_mean,
       {},
       {}},
      {"delay_mean_over_oracle",
       "mean relative to the oracle",
       "",
       Ratio(mean, oracle_mean),
       {},
       Bound{kMaxOverOracle, Bound::Kind::kTime}},
  };
  return report;
}

}  // namespace wriftai::bench
