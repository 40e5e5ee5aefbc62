#ifndef WRIFTAI_TESTS_BENCH_WAITS_SCENARIOS_H_
#define WRIFTAI_TESTS_BENCH_WAITS_SCENARIOS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tests/bench/waits/options.h"
#include "tests/bench/waits/report.h"

namespace wriftai::bench {

// One thing to measure, with programs of its own. Fails only where it could
// not be run; bad figures are figures.
using RunScenario = absl::StatusOr<ScenarioReport> (*)(const Options& options);

// Each in its own file scenario_*.cc, which says what happens.
absl::StatusOr<ScenarioReport> RunLoad(const Options& options);
absl::StatusOr<ScenarioReport> RunSecondConsumer(const Options& options);
absl::StatusOr<ScenarioReport> RunTwoCredentials(const Options& options);
absl::StatusOr<ScenarioReport> RunOne(const Options& options);
absl::StatusOr<ScenarioReport> RunWebhooks(const Options& options);

struct Scenario {
  absl::string_view name;
  RunScenario run;
};

// All, in the order in which they are run.
const std::vector<Scenario>& AllScenarios();

// Null for another name.
const Scenario* FindScenario(absl::string_view name);

// With commas between them.
std::string ScenarioNames();

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_WAITS_SCENARIOS_H_
