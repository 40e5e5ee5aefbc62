#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/stubs/logging.h"
#include "service/app.h"
#include "service/config.h"
#include "service/logging/logging.h"
#include "service/server/descriptor_budget.h"
#include "spdlog/spdlog.h"
#include "upstream/core/flag_set.h"
#include "upstream/core/process_start.h"
#include "upstream/core/stop_signals.h"
#include "upstream/core/version.h"

namespace {

// What a wrong setting ends with, as the shell's own commands do.
constexpr int kUsageError = 2;

// How long the end waits for a stderr that takes nothing.
constexpr absl::Duration kLogPatience = absl::Seconds(1);

int Usage(const absl::Status& status) {
  std::fprintf(stderr, "wriftai-gateway: %s\n",
               std::string(status.message()).c_str());
  return kUsageError;
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
  needs.threads = static_cast<int>(20 + 2 * processors);
  needs.descriptors = 32;
  return needs;
}

// Until the first signal that stops the program. INVALID_ARGUMENT: see
// App::Start().
absl::Status Serve(wriftai::Config config, const wriftai::Logging& logging,
                   wriftai::StopSignals& signals) {
  const absl::Duration drain_timeout = config.drain_timeout;
  signals.Watch([](int signal_number) {
    spdlog::warn(
        "signal {} has no effect; SIGTERM stops the gateway, and "
        "files are read again when they change",
        signal_number);
  });
  auto app = wriftai::App::Start(std::move(config), logging);
  if (!app.ok()) return app.status();
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
  wriftai::RaiseDescriptorLimit();

  // Their own lines: gRPC's about headers that a caller sends, quoted as they
  // are, and about addresses, which we report; protobuf's for every bad string.
  // Who sets the variable gets gRPC's.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  google::protobuf::SetLogHandler(nullptr);

  auto line = wriftai::ParseCommandLine(wriftai::ArgumentsFromMain(argc, argv),
                                        std::getenv);
  if (!line.ok()) return Usage(line.status());
  if (line->help_wanted) {
    std::fputs(line->help.c_str(), stdout);
    return EXIT_SUCCESS;
  }
  if (line->version_wanted) {
    std::fputs(wriftai::VersionLine("wriftai-gateway").c_str(), stdout);
    return EXIT_SUCCESS;
  }
  if (const absl::Status enough = wriftai::CheckResources(NeedsOfStart());
      !enough.ok()) {
    Usage(enough);
    return wriftai::kExitNoResources;
  }
  wriftai::Logging logging(line->config.log);
  const absl::Status status = Serve(std::move(line->config), logging, signals);
  const bool logged = logging.Finish(kLogPatience);
  const int exit_status = status.ok() ? EXIT_SUCCESS : Usage(status);
  if (!logged) std::_Exit(exit_status);
  return exit_status;
}
