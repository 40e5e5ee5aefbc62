#include <optional>

#include "absl/strings/str_cat.h"
#include "tests/bench/waits/paced_waits.h"
#include "tests/bench/waits/random_proxy.h"
#include "tests/bench/waits/scenarios.h"
#include "tests/bench/waits/scene.h"
#include "tests/bench/waits/servers.h"
#include "tests/bench/waits/statistics.h"
#include "tests/bench/waits/upstream_counts.h"
#include "tests/bench/waits/wait_load.h"
#include "tests/bench/waits/webhook_setting.h"

// Creates at upstream's limit for --create_time, each with a wait that webhooks
// end, while many other waits of the same token are idle. At one gateway; and
// at three replicas that act as one, where each webhook reaches any of them.

namespace wriftai::bench {
namespace {

constexpr double kMaxReadsPerWait = 0.1;
constexpr double kMaxP99Milliseconds = 10;

constexpr size_t kReplicas = 3;
// Includes two hops: to the owner of the token, and to the waiter.
constexpr double kMaxReplicasP99Milliseconds = 25;
// One in three is expected. More would mean that few are posted on.
constexpr double kMaxShareAtOwner = 0.5;

// Longer than the scenario.
constexpr absl::Duration kIdleRunTime = absl::Hours(2);

template <typename Count>
double Number(Count count) {
  return static_cast<double>(count);
}

PacedWaits::Plan PlanOf(const Options& options) {
  PacedWaits::Plan plan;
  plan.per_second = Number(options.create_rate);
  plan.count = static_cast<size_t>(plan.per_second *
                                   absl::ToDoubleSeconds(options.create_time));
  plan.run_time = options.webhook_run_time;
  return plan;
}

absl::StatusOr<ScenarioReport> Run(const Options& options,
                                   const Servers& servers,
                                   double max_p99_milliseconds) {
  const std::vector<std::string> addresses = servers.Addresses();
  const auto idle =
      CreateThroughGateway(addresses.front(), kToken,
                           PlanEnds(options.idle_predictions, kIdleRunTime,
                                    options.EndRate(), options.seed));
  if (!idle.ok()) return idle.status();
  WaitLoad idle_waits(addresses, kToken, *idle,
                      static_cast<size_t>(options.idle_waiters),
                      options.poll_interval);
  idle_waits.Start();

  const PacedWaits::Plan plan = PlanOf(options);
  PacedWaits waits(addresses, kToken, plan);
  const PacedWaits::Result result = waits.Run(options.patience);
  const Usage used = servers.Used();
  const auto counts = UpstreamCounts::Fetch(servers.api());
  if (!counts.ok()) return counts.status();
  const auto seconds = counts->By(kToken, Sender::kGateway);
  const size_t completed = plan.count - result.lost;

  ScenarioReport report;
  report.setup = {{"create_rate", plan.per_second},
                  {"create_time_s", absl::ToDoubleSeconds(options.create_time)},
                  {"run_time_s", absl::ToDoubleSeconds(plan.run_time)},
                  {"idle_waiters", Number(options.idle_waiters)},
                  {"idle_predictions", Number(options.idle_predictions)},
                  {"read_rate", Number(options.read_rate)}};
  if (!result.error.empty()) report.notes.push_back(result.error);
  report.figures = {
      {"waits", "creates, each with its wait", "", Number(plan.count), {}, {}},
      {"lost_waits", "waits lost", "", Number(result.lost), {}, Bound{0}},
      {"by_webhook",
       "waits ended by a webhook",
       "",
       Number(result.by_webhook),
       {},
       {}},
      {"refused", "429s", "", Number(Refused(seconds)), {}, Bound{0}},
      {"reads", "reads upstream", "", Number(Reads(seconds)), {}, {}},
      {"reads_per_wait",
       "reads per wait completed",
       "",
       Ratio(Number(Reads(seconds)), Number(completed)),
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
       Bound{max_p99_milliseconds, Bound::Kind::kTime}},
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

// `received`: the webhooks that upstream has sent.
absl::Status AddReplicas(const Servers& servers, size_t received,
                         ScenarioReport& report) {
  const auto count = [&](absl::string_view result) {
    return servers.Metric(absl::StrCat(
        "wriftai_gateway_cluster_webhooks_total{result=\"", result, "\"}"));
  };
  const auto posted = count("posted");
  if (!posted.ok()) return posted.status();
  const auto dropped = count("dropped");
  if (!dropped.ok()) return dropped.status();
  report.setup.emplace_back("replicas", Number(kReplicas));
  report.figures.push_back(
      {"webhooks", "webhooks received", "", Number(received), {}, {}});
  report.figures.push_back(
      {"posted", "webhooks posted on to the owner", "", *posted, {}, {}});
  report.figures.push_back(
      {"dropped", "webhooks dropped", "", *dropped, {}, Bound{0}});
  report.figures.push_back({"share_at_owner",
                            "share that reached the owner at once",
                            "",
                            Ratio(Number(received) - *posted, Number(received)),
                            {},
                            Bound{kMaxShareAtOwner}});
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ScenarioReport> RunWebhooks(const Options& options) {
  const auto setting = WebhookSetting::Make(1);
  if (!setting.ok()) return setting.status();
  const int port = (*setting)->ports().front();
  const auto servers =
      StartServers(options, {options.create_rate, (*setting)->Flags(port)});
  if (!servers.ok()) return servers.status();
  auto report = Run(options, *servers, kMaxP99Milliseconds);
  if (report.ok()) report->text = "creates at the full rate, with webhooks";
  return report;
}

absl::StatusOr<ScenarioReport> RunReplicasWebhooks(const Options& options) {
  const auto setting = WebhookSetting::Make(kReplicas);
  if (!setting.ok()) return setting.status();
  const auto proxy = RandomProxy::Listen((*setting)->ports(), options.seed);
  if (!proxy.ok()) return proxy.status();
  const auto servers = StartServers(
      options, {options.create_rate, (*setting)->Flags((*proxy)->port())});
  if (!servers.ok()) return servers.status();
  auto report = Run(options, *servers, kMaxReplicasP99Milliseconds);
  if (!report.ok()) return report;
  report->text = "the same at replicas, with webhooks to any of them";
  const absl::Status added =
      AddReplicas(*servers, (*proxy)->accepted(), *report);
  if (!added.ok()) return added;
  return report;
}

}  // namespace wriftai::bench
