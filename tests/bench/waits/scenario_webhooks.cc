#include <optional>

#include "tests/bench/waits/paced_waits.h"
#include "tests/bench/waits/scenarios.h"
#include "tests/bench/waits/scene.h"
#include "tests/bench/waits/servers.h"
#include "tests/bench/waits/statistics.h"
#include "tests/bench/waits/upstream_counts.h"
#include "tests/bench/waits/wait_load.h"
#include "tests/bench/waits/webhook_setting.h"

// Creates at upstream's limit for --create_time, each with a wait that webhooks
// end, while many other waits of the same token are idle.

namespace wriftai::bench {
namespace {

constexpr double kMaxReadsPerWait = 0.1;
constexpr double kMaxP99Milliseconds = 10;

// Longer than the scenario.
constexpr absl::Duration kIdleRunTime = absl::Hours(2);

}  // namespace

absl::StatusOr<ScenarioReport> RunWebhooks(const Options& options) {
  const auto setting = WebhookSetting::Make();
  if (!setting.ok()) return setting.status();
  const auto servers =
      StartServers(options, {options.create_rate, {(*setting)->Flags()}});
  if (!servers.ok()) return servers.status();
  const std::vector<std::string> addresses = servers->Addresses();
  const auto idle =
      CreateThroughGateway(addresses.front(), kToken,
                           PlanEnds(options.idle_predictions, kIdleRunTime,
                                    options.EndRate(), options.seed));
  if (!idle.ok()) return idle.status();
  WaitLoad idle_waits(addresses, kToken, *idle,
                      static_cast<size_t>(options.idle_waiters),
                      options.poll_interval);
  idle_waits.Start();

  const auto number = [](auto count) { return static_cast<double>(count); };
  PacedWaits::Plan plan;
  plan.per_second = number(options.create_rate);
  plan.count = static_cast<size_t>(plan.per_second *
                                   absl::ToDoubleSeconds(options.create_time));
  plan.run_time = options.webhook_run_time;
  PacedWaits waits(addresses, kToken, plan);
  const PacedWaits::Result result = waits.Run(options.patience);
  const Usage used = servers->Used();
  const auto counts = UpstreamCounts::Fetch(servers->api());
  if (!counts.ok()) return counts.status();
  const auto seconds = counts->By(kToken, Sender::kGateway);
  const size_t completed = plan.count - result.lost;

  ScenarioReport report;
  report.text = "creates at the full rate, with webhooks";
  report.setup = {{"create_rate", plan.per_second},
                  {"create_time_s", absl::ToDoubleSeconds(options.create_time)},
                  {"run_time_s", absl::ToDoubleSeconds(plan.run_time)},
                  {"idle_waiters", number(options.idle_waiters)},
                  {"idle_predictions", number(options.idle_predictions)},
                  {"read_rate", number(options.read_rate)}};
  if (!result.error.empty()) report.notes.push_back(result.error);
  report.figures = {
      {"waits", "creates, each with its wait", "", number(plan.count), {}, {}},
      {"lost_waits", "waits lost", "", number(result.lost), {}, Bound{0}},
      {"by_webhook",
       "waits ended by a webhook",
       "",
       number(result.by_webhook),
       {},
       {}},
      {"refused", "429s", "", number(Refused(seconds)), {}, Bound{0}},
      {"reads", "reads upstream", "", number(Reads(seconds)), {}, {}},
      {"reads_per_wait",
       "reads per wait completed",
       "",
       Ratio(number(Reads(seconds)), number(completed)),
       {},
       Bound{kMaxReadsPerWait}},
      {"delay_p50",
       "terminal delay, p50",
       "ms",
       Percentile(result.delay_milliseconds, 50),
       {},
       {}},
      {"delay_p99",
       "terminal delay, p99",
       "ms",
       Percentile(result.delay_milliseconds, 99),
       {},
       Bound{kMaxP99Milliseconds, Bound::Kind::kTime}},
      {"delay_max",
       "terminal delay, max",
       "ms",
       Percentile(result.delay_milliseconds, 100),
       {},
       {}},
      {"gateway_peak",
       "gateway: peak resident memory",
       "MiB",
       used.peak_mib,
       {},
       {}},
      {"gateway_cpu", "gateway: CPU time", "s", used.cpu_seconds, {}, {}},
  };
  return report;
}

}  // namespace wriftai::bench
