#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/time/time.h"
#include "base/flag_set.h"
#include "base/process_start.h"
#include "base/stop_signals.h"
#include "base/version.h"
#include "google/protobuf/stubs/logging.h"
#include "service/app.h"
#include "service/config.h"
#include "service/config_files.h"
#include "service/logging/logging.h"
#include "service/server/descriptor_budget.h"
#include "spdlog/spdlog.h"

namespace {

// What a wrong setting ends with, as the shell's own commands do.
constexpr int kUsageError = 2;

// How long the end waits for a stderr that takes nothing.
constexpr absl::Duration kLogPatience = absl::Seconds(1);

int Usage(const absl::Status& status) {
  // One line, whatever an argument holds.
  std::string line(status.message());
  std::replace_if(line.begin(), line.end(), absl::ascii_iscntrl, '?');
  std::fprintf(stderr, "wriftai-gateway: %s\n", line.c_str());
  return kUsageError;
}

// --check_config. Returns the exit status.
int CheckConfig(const wriftai::Config& config,
                const std::vector<std::string>& warnings) {
  const absl::Status status = wriftai::CheckFilesAndHosts(config);
  if (!status.ok()) return Usage(status);
  for (const std::string& warning : warnings) {
    std::fprintf(stderr, "wriftai-gateway: warning: %s\n", warning.c_str());
  }
  std::puts("configuration OK");
  return EXIT_SUCCESS;
}

// How much longer than --drain_timeout stopping may take. It ends by itself
// within that time; should it ever not, an orchestrator's patience is not used
// up, and the exit status tells.
constexpr absl::Duration kStopPatience = absl::Seconds(5);

// What a start takes where there are two processors, and half as much again:
// gRPC has threads for each processor, up to a number.
wriftai::ResourceNeeds NeedsOfStart() {
  constexpr unsigned kMaxProcessors = 32;
  const unsigned processors =
      std::min(std::thread::hardware_concurrency(), kMaxProcessors);
  wriftai::ResourceNeeds needs;
  needs.threads = static_cast<int>(26 + 2 * processors);
  needs.descriptors = 32;
  return needs;
}

// Until the first signal that stops the program. INVALID_ARGUMENT: see
// App::Start().
absl::Status Serve(wriftai::CommandLine line, const wriftai::Logging& logging,
                   wriftai::StopSignals& signals) {
  const absl::Duration drain_timeout = line.config.drain_timeout;
  signals.Watch([](int signal_number) {
    spdlog::warn(
        "signal {} has no effect; SIGTERM stops the gateway, and "
        "files are read again when they change",
        signal_number);
  });
  auto app = wriftai::App::Start(std::move(line.config), logging);
  if (!app.ok()) return app.status();
  // After what may end in an error, which stands alone.
  for (const std::string& warning : line.warnings) spdlog::warn(warning);
  wriftai::StartCompleted();
  signals.Serving();
  const int signal_number = signals.Wait();
  spdlog::info("signal {}: draining", signal_number);
  signals.SetDeadline(drain_timeout + kStopPatience);
  (*app)->Stop();
  spdlog::info("stopped");
  return absl::OkStatus();
}

}  // namespace

// Before the libraries' initializers, which may open files and run out of
// memory.
[[gnu::section(".preinit_array"), gnu::used]] void (*const prepare)() = [] {
  wriftai::PrepareProcess("wriftai-gateway");
};

int main(int argc, char** argv) {
  // Before any thread starts, so that all inherit it.
  wriftai::StopSignals signals;
  wriftai::RaiseFdLimit();

  // Their own lines: gRPC's about headers that a caller sends, quoted as they
  // are, and about addresses, which we report; protobuf's for every bad string.
  // Who sets the variable gets gRPC's.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  google::protobuf::SetLogHandler(nullptr);

  auto line = wriftai::ParseCommandLine(wriftai::ArgumentsFromMain(argc, argv),
                                        std::getenv,
                                        wriftai::VariablesFromMain(environ));
  if (!line.ok()) return Usage(line.status());
  if (line->help_wanted) {
    std::fputs(line->help.c_str(), stdout);
    return EXIT_SUCCESS;
  }
  if (line->version_wanted) {
    std::fputs(wriftai::VersionLine("wriftai-gateway").c_str(), stdout);
    return EXIT_SUCCESS;
  }
  if (line->config.check_config) {
    return CheckConfig(line->config, line->warnings);
  }
  if (const absl::Status enough = wriftai::CheckResources(NeedsOfStart());
      !enough.ok()) {
    Usage(enough);
    return wriftai::kExitNoResources;
  }
  wriftai::Logging logging(line->config.log);
  const absl::Status status = Serve(*std::move(line), logging, signals);
  const bool logged = logging.Finish(kLogPatience);
  const int exit_status = status.ok() ? EXIT_SUCCESS : Usage(status);
  if (!logged) std::_Exit(exit_status);
  return exit_status;
}
