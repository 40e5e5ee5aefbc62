#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "base/flag_set.h"
#include "tests/bench/waits/options.h"
#include "tests/bench/waits/scenarios.h"

namespace wriftai::bench {
namespace {

constexpr int kBoundNotMet = 1;
constexpr int kCouldNotRun = 2;

// Child processes inherit the limit.
void RaiseFdLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "waits: %s\n", std::string(status.message()).c_str());
  return kCouldNotRun;
}

bool IsSelected(const Options& options, absl::string_view name) {
  if (options.scenarios.empty()) return true;
  for (const std::string& selected : options.scenarios) {
    if (selected == name) return true;
  }
  return false;
}

int Main(const std::string& program,
         const std::vector<std::string>& arguments) {
  const auto options = ParseOptions(program, arguments);
  if (!options.ok()) return Fail(options.status());
  if (options->help_requested) {
    std::fputs(options->help.c_str(), stdout);
    return EXIT_SUCCESS;
  }
  std::vector<ScenarioReport> reports;
  bool met = true;
  for (const Scenario& scenario : AllScenarios()) {
    if (!IsSelected(*options, scenario.name)) continue;
    const absl::Time start = absl::Now();
    auto report = scenario.run(*options);
    if (!report.ok()) return Fail(report.status());
    report->name = std::string(scenario.name);
    report->seconds = absl::ToDoubleSeconds(absl::Now() - start);
    std::fputs(Table(*report).c_str(), stdout);
    std::fflush(stdout);
    met = met && BoundsMet(*report, options->check);
    reports.push_back(*std::move(report));
  }
  if (!options->json.empty()) {
    const std::string command = absl::StrJoin(arguments, " ");
    std::ofstream file(options->json);
    file << Json(reports, command);
    file.close();
    if (!file) {
      return Fail(absl::UnknownError("cannot write " + options->json));
    }
  }
  return met ? EXIT_SUCCESS : kBoundNotMet;
}

}  // namespace
}  // namespace wriftai::bench

int main(int argc, char** argv) {
  signal(SIGPIPE, SIG_IGN);
  // Silences gRPC's messages about closed connections, which are expected.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  wriftai::bench::RaiseFdLimit();
  return wriftai::bench::Main(argv[0], wriftai::ArgumentsFromMain(argc, argv));
}
