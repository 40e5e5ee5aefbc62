#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "tests/bench/waits/get_probe.h"
#include "tests/bench/waits/scenarios.h"
#include "tests/bench/waits/scene.h"
#include "tests/bench/waits/server.h"
#include "tests/bench/waits/servers.h"
#include "tests/bench/waits/statistics.h"

// Gets at a moderate rate, in rounds: at the replica that owns the token, and
// at one that forwards them to it. The budget delays none. The same calls at a
// bare gRPC server show what a hop between two processes costs at least.

namespace wriftai::bench {
namespace {

constexpr size_t kReplicas = 2;
constexpr double kMaxHopMilliseconds = 0.5;

// More than one, so that concurrent Gets are rarely the same. They run for
// longer than the scenario, so each Get needs a request upstream.
constexpr int64_t kPredictions = 100;
constexpr absl::Duration kRunTime = absl::Hours(2);
constexpr int64_t kReadRate = 100'000;

// The Gets at one of the replicas.
struct Side {
  explicit Side(std::string where) : address(std::move(where)) {}

  std::string address;
  size_t gets = 0;
  size_t failures = 0;
  std::vector<double> milliseconds;
  double cpu_seconds = 0;  // Of both replicas.

  std::optional<double> P(double percent) const {
    return Percentile(milliseconds, percent);
  }
  std::optional<double> CpuMicroseconds() const {
    return Ratio(cpu_seconds * 1e6, static_cast<double>(gets));
  }
};

// Returns the owner, then the other.
absl::StatusOr<std::vector<Side>> SidesOf(const Servers& servers) {
  std::vector<Side> sides;
  for (const auto& gateway : servers.gateways) {
    const auto owned =
        MetricOf(*gateway, "wriftai_gateway_cluster_owned_tokens");
    if (!owned.ok()) return owned.status();
    const Side side(gateway->address());
    sides.insert(*owned > 0 ? sides.begin() : sides.end(), side);
  }
  return sides;
}

void RunRound(const Options& options, const Servers& servers, int64_t seed,
              std::vector<Running> running, Side& side) {
  const absl::Time end = absl::Now() + options.get_round_time;
  for (Running& one : running) one.ends_at = end;  // The probe stops then.
  const double before = servers.Used().cpu_seconds;
  GetProbe probe({{side.address}, kToken, options.get_round_interval, seed},
                 std::move(running));
  probe.Finish();
  side.cpu_seconds += servers.Used().cpu_seconds - before;
  side.gets += probe.calls();
  side.failures += probe.failures();
  const std::vector<double> milliseconds = probe.Milliseconds();
  side.milliseconds.insert(side.milliseconds.end(), milliseconds.begin(),
                           milliseconds.end());
}

std::optional<double> Difference(std::optional<double> a,
                                 std::optional<double> b) {
  if (!a.has_value() || !b.has_value()) return std::nullopt;
  return *a - *b;
}

std::vector<Figure> FiguresOf(const Side& owner, const Side& other,
                              const Side& bare) {
  const auto number = [](auto count) { return static_cast<double>(count); };
  return {
      {"gets", "Gets", "", number(other.gets), number(owner.gets), {}},
      {"get_failures", "failed Gets", "", number(other.failures),
       number(owner.failures), Bound{0}},
      {"get_p50", "Get, p50", "ms", other.P(50), owner.P(50), {}},
      {"get_p99", "Get, p99", "ms", other.P(99), owner.P(99), {}},
      {"hop_p50",
       "p50 minus that at the owner",
       "ms",
       Difference(other.P(50), owner.P(50)),
       {},
       {}},
      {"hop_p99",
       "p99 minus that at the owner",
       "ms",
       Difference(other.P(99), owner.P(99)),
       {},
       Bound{kMaxHopMilliseconds, Bound::Kind::kTime}},
      {"bare_p50", "call at a bare gRPC server, p50", "ms", bare.P(50), {}, {}},
      {"bare_p99", "call at a bare gRPC server, p99", "ms", bare.P(99), {}, {}},
      {"cpu",
       "CPU time of a Get, both replicas",
       "µs",
       other.CpuMicroseconds(),
       owner.CpuMicroseconds(),
       {}},
  };
}

}  // namespace

absl::StatusOr<ScenarioReport> RunForwardedGet(const Options& options) {
  Options unlimited = options;
  unlimited.read_rate = kReadRate;
  Setting setting;
  setting.gateways.resize(kReplicas);
  const auto servers = StartServers(unlimited, setting);
  if (!servers.ok()) return servers.status();
  // Also makes one of the replicas the owner.
  const auto running =
      CreateThroughGateway(servers->gateways[0]->address(), kToken,
                           std::vector<absl::Duration>(kPredictions, kRunTime));
  if (!running.ok()) return running.status();
  auto sides = SidesOf(*servers);
  if (!sides.ok()) return sides.status();
  // An empty response is a valid Prediction.
  const auto bare =
      Server::Start({options.bare_grpc, "/dev/null"}, {}, "gRPC listens on ");
  if (!bare.ok()) return bare.status();
  sides->emplace_back((*bare)->address());
  for (int64_t round = 0; round < options.get_rounds; ++round) {
    for (Side& side : *sides) {
      RunRound(options, *servers, options.seed + round, *running, side);
    }
  }
  ScenarioReport report;
  report.text = "Gets that a replica forwards, and at the owner of the token";
  report.compared = "at the owner";
  report.setup = {
      {"rounds", static_cast<double>(options.get_rounds)},
      {"round_time_s", absl::ToDoubleSeconds(options.get_round_time)},
      {"interval_ms", absl::ToDoubleMilliseconds(options.get_round_interval)},
      {"predictions", static_cast<double>(kPredictions)},
      {"seed", static_cast<double>(options.seed)}};
  report.figures = FiguresOf((*sides)[0], (*sides)[1], (*sides)[2]);
  return report;
}

}  // namespace wriftai::bench
