#ifndef WRIFTAI_TESTS_BENCH_WAITS_SCENARIOS_H_
#define WRIFTAI_TESTS_BENCH_WAITS_SCENARIOS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/bench/waits/options.h"
#include "tests/bench/waits/report.h"

namespace wriftai::bench {

// Runs a scenario with its own processes. Fails only if it cannot run, not for
// bad figures.
using RunScenario = absl::StatusOr<ScenarioReport> (*)(const Options& options);

// Each is described in its file scenario_*.cc.
absl::StatusOr<ScenarioReport> RunLoad(const Options& options);
absl::StatusOr<ScenarioReport> RunReplicas(const Options& options);
absl::StatusOr<ScenarioReport> RunSecondConsumer(const Options& options);
absl::StatusOr<ScenarioReport> RunTwoCredentials(const Options& options);
absl::StatusOr<ScenarioReport> RunOne(const Options& options);
absl::StatusOr<ScenarioReport> RunWebhooks(const Options& options);
absl::StatusOr<ScenarioReport> RunReplicasWebhooks(const Options& options);
absl::StatusOr<ScenarioReport> RunForwardedGet(const Options& options);

struct Scenario {
  absl::string_view name;
  RunScenario run;
};

// All scenarios, in the order in which they run.
const std::vector<Scenario>& AllScenarios();

// Null if none exists of this name.
const Scenario* FindScenario(absl::string_view name);

// The names, separated by commas.
std::string ScenarioNames();

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_SCENARIOS_H_
