#include <optional>

#include "tests/bench/waits/gateway_load.h"
#include "tests/bench/waits/scenarios.h"
#include "tests/bench/waits/statistics.h"

// The waits of the scenario load, spread over three replicas that act as one.
// Before that, the same waits at one gateway without an etcd.

namespace wriftai::bench {
namespace {

constexpr size_t kReplicas = 3;

constexpr double kMaxReadsOverOne = 1.05;
constexpr double kMaxP50OverOne = 1.2;

template <typename Count>
double Number(Count count) {
  return static_cast<double>(count);
}

std::vector<Figure> FiguresOf(const LoadResult& replicas,
                              const LoadResult& one) {
  const auto compared = [&](const char* key, const char* text, const char* unit,
                            auto value, std::optional<Bound> bound = {}) {
    return Figure{key, text, unit, value(replicas), value(one), bound};
  };
  const auto delay = [](double percent) {
    return [percent](const LoadResult& result) {
      return Percentile(result.delay_seconds, percent);
    };
  };
  const auto get = [](double percent) {
    return [percent](const LoadResult& result) {
      return Percentile(result.get_milliseconds, percent);
    };
  };
  return {
      compared(
          "lost_waits", "waits lost", "",
          [](const LoadResult& result) { return Number(result.lost); },
          Bound{0}),
      compared(
          "refused", "429s", "",
          [](const LoadResult& result) { return Number(result.refused); },
          Bound{0}),
      compared("reads", "reads upstream", "",
               [](const LoadResult& result) { return Number(result.reads); }),
      {"reads_over_one", "reads relative to one replica", "",
       Ratio(Number(replicas.reads), Number(one.reads)), std::nullopt,
       Bound{kMaxReadsOverOne}},
      compared(
          "delay_mean", "terminal delay, mean", "s",
          [](const LoadResult& result) { return Mean(result.delay_seconds); }),
      compared("delay_p50", "terminal delay, p50", "s", delay(50)),
      compared("delay_p99", "terminal delay, p99", "s", delay(99)),
      {"delay_p50_over_one", "p50 relative to one replica", "",
       Ratio(Percentile(replicas.delay_seconds, 50),
             Percentile(one.delay_seconds, 50)),
       std::nullopt, Bound{kMaxP50OverOne, Bound::Kind::kTime}},
      compared(
          "get_failures", "failed interactive Gets", "",
          [](const LoadResult& result) { return Number(result.get_failures); },
          Bound{0}),
      compared("get_p50", "interactive Get, p50", "ms", get(50)),
      compared("get_p99", "interactive Get, p99", "ms", get(99)),
      compared("start", "time to start all waits", "s",
               [](const LoadResult& result) { return result.start_seconds; }),
      compared("gateway_peak", "peak resident memory of the largest replica",
               "MiB",
               [](const LoadResult& result) { return result.used.peak_mib; }),
      compared(
          "gateway_cpu", "CPU time of all replicas", "s",
          [](const LoadResult& result) { return result.used.cpu_seconds; }),
  };
}

}  // namespace

absl::StatusOr<ScenarioReport> RunReplicas(const Options& options) {
  LoadPlan plan;
  plan.waiters = options.replicas_waiters;
  plan.predictions = options.replicas_predictions;
  plan.run_time = options.run_time;
  plan.get_interval = options.get_interval;
  const auto one = RunGatewayLoad(options, plan);
  if (!one.ok()) return one.status();
  plan.replicas = kReplicas;
  const auto replicas = RunGatewayLoad(options, plan);
  if (!replicas.ok()) return replicas.status();
  ScenarioReport report;
  report.text = "many waiters of one token at replicas that act as one";
  report.compared = "one replica";
  report.setup = SetupOf(options, plan);
  report.setup.emplace_back("replicas", Number(kReplicas));
  report.figures = FiguresOf(*replicas, *one);
  report.notes = replicas->notes;
  return report;
}

}  // namespace wriftai::bench
