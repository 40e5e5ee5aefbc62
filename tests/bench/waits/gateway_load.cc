#include "tests/bench/waits/gateway_load.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/bench/waits/get_probe.h"
#include "tests/bench/waits/oracle.h"
#include "tests/bench/waits/scene.h"
#include "tests/bench/waits/second_consumer.h"
#include "tests/bench/waits/staleness_sampler.h"
#include "tests/bench/waits/wait_load.h"

namespace wriftai::bench {
namespace {

// The number of distinct errors in a report; a broken gateway has few.
constexpr size_t kMaxErrors = 5;

// The end of the last prediction, plus twice the time that the budget needs to
// deliver all of them, plus --patience.
absl::Time DeadlineOf(const Options& options, const LoadPlan& plan,
                      const std::vector<Running>& running) {
  absl::Time last_end = absl::InfinitePast();
  for (const Running& one : running) last_end = std::max(last_end, one.ends_at);
  const double rate =
      static_cast<double>(options.read_rate) * (1 - plan.consumer_share);
  const double need = static_cast<double>(plan.predictions) / rate;
  return last_end + absl::Seconds(2 * need) + options.patience;
}

void AddOutcomes(const std::vector<WaitOutcome>& outcomes, LoadResult& result) {
  std::set<size_t> completed;
  std::map<std::string, size_t> errors;
  for (const WaitOutcome& outcome : outcomes) {
    result.delay_seconds.push_back(outcome.delay_seconds);
    if (outcome.completed) {
      completed.insert(outcome.prediction);
      continue;
    }
    ++result.lost;
    if (errors.size() < kMaxErrors || errors.count(outcome.error) > 0) {
      ++errors[outcome.error];
    }
  }
  result.predictions_completed = completed.size();
  for (const auto& [error, count] : errors) {
    result.notes.push_back(absl::StrCat(count, " waits lost: ", error));
  }
}

// The delay in seconds of each wait with an oracle, which notifies all waiters
// of a prediction at the same time.
std::vector<double> OracleSeconds(const std::vector<WaitOutcome>& outcomes,
                                  const ReadBudget& budget) {
  struct End {
    absl::Time time;
    size_t waiters = 0;
  };
  std::map<size_t, End> by_prediction;
  for (const WaitOutcome& outcome : outcomes) {
    End& end = by_prediction[outcome.prediction];
    end.time = outcome.ends_at;
    ++end.waiters;
  }
  std::vector<End> ends;
  for (const auto& one : by_prediction) ends.push_back(one.second);
  std::sort(ends.begin(), ends.end(),
            [](const End& a, const End& b) { return a.time < b.time; });
  std::vector<absl::Time> times;
  times.reserve(ends.size());
  for (const End& end : ends) times.push_back(end.time);
  const std::vector<absl::Duration> delays = OracleDelays(times, budget);
  std::vector<double> seconds;
  for (size_t i = 0; i < ends.size(); ++i) {
    seconds.insert(seconds.end(), ends[i].waiters,
                   absl::ToDoubleSeconds(delays[i]));
  }
  return seconds;
}

// `gets`: when the interactive Gets started.
void AddOracles(const Options& options,
                const std::vector<WaitOutcome>& outcomes,
                const UpstreamCounts::Seconds& consumer,
                const std::vector<absl::Time>& gets, LoadResult& result) {
  ReadBudget budget;
  budget.per_second = options.read_rate;
  for (const auto& [second, counts] : consumer) {
    budget.taken[second] = counts.reads;
  }
  result.oracle_seconds = OracleSeconds(outcomes, budget);
  for (const absl::Time get : gets) ++budget.taken[absl::ToUnixSeconds(get)];
  result.oracle_with_gets_seconds = OracleSeconds(outcomes, budget);
}

std::unique_ptr<SecondConsumer> StartConsumer(
    const Options& options, const LoadPlan& plan, const std::string& api,
    const std::vector<Running>& running) {
  absl::SleepFor(plan.run_time / 3);
  AwaitNewSecond();
  const double rate =
      static_cast<double>(options.read_rate) * plan.consumer_share;
  return std::make_unique<SecondConsumer>(
      absl::StrCat(api, "/predictions/", running[0].id), kToken,
      absl::Seconds(1 / rate));
}

}  // namespace

absl::StatusOr<LoadResult> RunGatewayLoad(const Options& options,
                                          const LoadPlan& plan) {
  Setting setting;
  setting.gateways.resize(plan.replicas);
  const auto servers = StartServers(options, setting);
  if (!servers.ok()) return servers.status();
  const std::vector<std::string> addresses = servers->Addresses();
  const auto running =
      CreateThroughGateway(addresses.front(), kToken,
                           PlanEnds(plan.predictions, plan.run_time,
                                    options.EndRate(), options.seed));
  if (!running.ok()) return running.status();

  LoadResult result;
  result.waiters = plan.waiters;
  std::set<int64_t> first_windows;
  WaitLoad load(addresses, kToken, *running, static_cast<size_t>(plan.waiters),
                options.poll_interval);
  AwaitNewSecond();
  const absl::Time start = absl::Now();
  first_windows.insert(absl::ToUnixSeconds(start));
  load.Start();
  result.start_seconds = absl::ToDoubleSeconds(absl::Now() - start);
  StalenessSampler sampler(load, options.seed);
  std::optional<GetProbe> probe;
  if (plan.get_interval > absl::ZeroDuration()) {
    probe.emplace(
        GetProbe::Plan{addresses, kToken, plan.get_interval, options.seed},
        *running);
  }
  std::unique_ptr<SecondConsumer> consumer;
  if (plan.consumer_share > 0) {
    consumer = StartConsumer(options, plan, servers->api(), *running);
    first_windows.insert(absl::ToUnixSeconds(absl::Now()));
  }
  load.AwaitEnds(DeadlineOf(options, plan, *running));

  consumer.reset();
  std::vector<absl::Time> gets;
  result.staleness = sampler.Finish();
  if (probe.has_value()) {
    probe->Finish();
    gets = probe->Starts();
    result.get_milliseconds = probe->Milliseconds();
    result.gets = probe->calls();
    result.get_failures = probe->failures();
  }
  result.used = servers->Used();
  const auto counts = UpstreamCounts::Fetch(servers->api());
  if (!counts.ok()) return counts.status();
  const auto ours = counts->By(kToken, Sender::kGateway);
  const auto others = counts->By(kToken, Sender::kConsumer);
  result.reads = Reads(ours);
  result.refused = Refused(ours);
  result.refused_later = Refused(ours, first_windows);
  result.consumer_reads = Reads(others);
  result.consumer_refused = Refused(others);
  const std::vector<WaitOutcome> outcomes = load.Finish();
  AddOutcomes(outcomes, result);
  AddOracles(options, outcomes, others, gets, result);
  return result;
}

std::vector<std::pair<std::string, double>> SetupOf(const Options& options,
                                                    const LoadPlan& plan) {
  return {{"waiters", static_cast<double>(plan.waiters)},
          {"predictions", static_cast<double>(plan.predictions)},
          {"read_rate", static_cast<double>(options.read_rate)},
          {"run_time_s", absl::ToDoubleSeconds(plan.run_time)},
          {"end_rate", options.EndRate()},
          {"seed", static_cast<double>(options.seed)}};
}

}  // namespace wriftai::bench
