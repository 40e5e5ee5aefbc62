#include "tests/bench/waits/scenarios.h"

#include "absl/strings/str_join.h"

namespace wriftai::bench {

const std::vector<Scenario>& AllScenarios() {
  static const auto* const kAll = new std::vector<Scenario>{
      {"load", RunLoad},
      {"replicas", RunReplicas},
      {"second_consumer", RunSecondConsumer},
      {"two_credentials", RunTwoCredentials},
      {"one", RunOne},
      {"webhooks", RunWebhooks},
      {"replicas_webhooks", RunReplicasWebhooks},
      {"forwarded_get", RunForwardedGet},
  };
  return *kAll;
}

const Scenario* FindScenario(absl::string_view name) {
  for (const Scenario& scenario : AllScenarios()) {
    if (scenario.name == name) return &scenario;
  }
  return nullptr;
}

std::string ScenarioNames() {
  return absl::StrJoin(
      AllScenarios(), ", ", [](std::string* out, const Scenario& scenario) {
        out->append(scenario.name.data(), scenario.name.size());
      });
}

}  // namespace wriftai::bench
