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
#include "absl/strings/strip.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "base/flag_set.h"
#include "base/process_start.h"
#include "base/stop_signals.h"
#include "base/thread_scheduling.h"
#include "base/version.h"
#include "google/protobuf/stubs/logging.h"
#include "service/app.h"
#include "service/config.h"
#include "service/config_files.h"
#include "service/logging/log_fields.h"
#include "service/logging/logging.h"
#include "service/server/descriptor_budget.h"
#include "spdlog/spdlog.h"

namespace {

// Exit status for an invalid setting, as used by the shell's builtins.
constexpr int kUsageError = 2;

// How long shutdown waits for a blocked stderr.
constexpr absl::Duration kLogFlushTimeout = absl::Seconds(1);

int ReportUsageError(const absl::Status& status) {
  // Keep it to one line: arguments may contain control characters.
  std::string line(status.message());
  std::replace_if(line.begin(), line.end(), absl::ascii_iscntrl, '?');
  std::fprintf(stderr, "wriftai-gateway: %s\n", line.c_str());
  return kUsageError;
}

// --check_config. Returns the exit status.
int CheckConfig(const wriftai::Config& config,
                const std::vector<std::string>& warnings) {
  const absl::Status status = wriftai::CheckFilesAndHosts(config);
  if (!status.ok()) return ReportUsageError(status);
  for (const std::string& warning : warnings) {
    std::fprintf(stderr, "wriftai-gateway: warning: %s\n", warning.c_str());
  }
  std::puts("configuration OK");
  return EXIT_SUCCESS;
}

// All settings, also those at their defaults: an upgrade that changes a default
// then shows in a comparison of two logs.
void LogStart(const std::vector<wriftai::Setting>& settings,
              const wriftai::Logging& logging) {
  wriftai::LogFields line(logging.format(), "started");
  line.Add("version", wriftai::Version());
  line.Add("revision", wriftai::Commit());
  for (const wriftai::Setting& setting : settings) {
    line.Add(absl::AsciiStrToLower(absl::StripPrefix(setting.name, "--")),
             setting.value);
  }
  logging.fields_logger()->info(line.text());
}

// A drain normally ends within --drain_timeout. If it hangs, the process exits
// with an error this much later, before an orchestrator would kill it.
constexpr absl::Duration kStopGrace = absl::Seconds(5);

// What startup takes with two processors, plus half as much again. gRPC starts
// threads for each processor, up to a limit.
wriftai::ResourceNeeds StartupNeeds() {
  constexpr unsigned kMaxProcessors = 32;
  const unsigned processors =
      std::min(std::thread::hardware_concurrency(), kMaxProcessors);
  wriftai::ResourceNeeds needs;
  needs.threads = static_cast<int>(29 + 2 * processors);
  needs.descriptors = 32;
  return needs;
}

// Serves until the first stop signal. INVALID_ARGUMENT: see App::Start().
absl::Status Serve(wriftai::CommandLine line, const wriftai::Logging& logging,
                   wriftai::StopSignals& signals) {
  const absl::Duration drain_timeout = line.config.drain_timeout;
  signals.Watch([](int signal_number) {
    spdlog::warn(
        "signal {} has no effect: SIGTERM stops the gateway, and files are "
        "reloaded when they change",
        signal_number);
  });
  auto app =
      wriftai::App::Start(std::move(line.config), line.settings, logging);
  if (!app.ok()) return app.status();
  // Only after startup has succeeded: an error is printed alone.
  LogStart(line.settings, logging);
  for (const std::string& warning : line.warnings) spdlog::warn(warning);
  wriftai::StartCompleted();
  signals.Serving();
  const int signal_number = signals.Wait();
  spdlog::info("signal {}: draining", signal_number);
  signals.SetDeadline(drain_timeout + kStopGrace);
  (*app)->Stop();
  spdlog::info("stopped");
  return absl::OkStatus();
}

}  // namespace

// Runs before the libraries' initializers, which may open files and run out of
// memory.
[[gnu::section(".preinit_array"), gnu::used]] void (*const prepare)() = [] {
  wriftai::PrepareProcess("wriftai-gateway");
};

int main(int argc, char** argv) {
  // Before any thread starts, so all threads inherit both.
  wriftai::StopSignals signals;
  wriftai::UseBatchScheduling();
  wriftai::RaiseFdLimit();

  // Silence the libraries' own logs. gRPC quotes callers' headers unsanitized
  // and repeats address errors that we report; protobuf logs every bad string.
  // Setting the variable enables gRPC's log.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  google::protobuf::SetLogHandler(nullptr);
#ifdef NDEBUG
  // Debian builds abseil without NDEBUG, where each lock of gRPC's mutexes
  // updates a graph that detects deadlocks.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif

  auto line = wriftai::ParseCommandLine(wriftai::ArgumentsFromMain(argc, argv),
                                        std::getenv,
                                        wriftai::VariablesFromMain(environ));
  if (!line.ok()) return ReportUsageError(line.status());
  if (line->help_requested) {
    std::fputs(line->help.c_str(), stdout);
    return EXIT_SUCCESS;
  }
  if (line->version_requested) {
    std::fputs(wriftai::VersionLine("wriftai-gateway").c_str(), stdout);
    return EXIT_SUCCESS;
  }
  if (line->config.check_config) {
    return CheckConfig(line->config, line->warnings);
  }
  if (const absl::Status resources = wriftai::CheckResources(StartupNeeds());
      !resources.ok()) {
    ReportUsageError(resources);
    return wriftai::kExitNoResources;
  }
  wriftai::Logging logging(line->config.log);
  const absl::Status status = Serve(*std::move(line), logging, signals);
  const bool logged = logging.Finish(kLogFlushTimeout);
  const int exit_status = status.ok() ? EXIT_SUCCESS : ReportUsageError(status);
  if (!logged) std::_Exit(exit_status);
  return exit_status;
}
