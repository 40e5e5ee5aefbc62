#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "base/flag_set.h"
#include "base/process_start.h"
#include "base/stop_signals.h"
#include "base/version.h"
#include "sandbox/check_health.h"
#include "sandbox/sandbox.h"
#include "sandbox/sandbox_flags.h"

namespace wriftai::sandbox {
namespace {

constexpr int kExitUsageError = 2;

int Fail(const absl::Status& status, int exit_status) {
  fprintf(stderr, "wriftai-sandbox: %s\n",
          std::string(status.message()).c_str());
  return exit_status;
}

int Main(const std::vector<std::string>& arguments) {
  // Created before the first thread, so that all threads inherit the mask.
  StopSignals signals;

  SandboxOptions options;
  bool check_health = false;
  FlagSet flags("wriftai-sandbox [flags]",
                "A local stand-in for the WriftAI API that enforces the "
                "published rate limits.",
                "SANDBOX_");
  AddSandboxFlags(&options, &flags);
  flags.Add("check_health", &check_health,
            "Check whether a sandbox responds at --listen_address, and exit "
            "with 0 if it does, else 1. Starts no server.");
  const auto rest = flags.Parse(arguments, &getenv);
  if (!rest.ok()) return Fail(rest.status(), kExitUsageError);
  if (flags.help_requested()) {
    fputs(flags.Help().c_str(), stdout);
    return 0;
  }
  if (flags.version_requested()) {
    fputs(VersionLine("wriftai-sandbox").c_str(), stdout);
    return 0;
  }
  if (!rest->empty()) {
    return Fail(
        absl::InvalidArgumentError("unexpected argument: " + rest->front()),
        kExitUsageError);
  }
  if (absl::Status status =
          flags.CheckVariables(VariablesFromMain(environ), &getenv);
      !status.ok()) {
    return Fail(status, kExitUsageError);
  }
  if (check_health) {
    const absl::Status health = CheckHealth(options.listen_address);
    return health.ok() ? EXIT_SUCCESS : Fail(health, EXIT_FAILURE);
  }

  // The threads of --workers are started later, as needed.
  if (const absl::Status enough = CheckResources({8, 16}); !enough.ok()) {
    return Fail(enough, kExitNoResources);
  }
  signals.Watch([](int signal_number) {
    fprintf(stderr, "wriftai-sandbox: signal %d has no effect\n",
            signal_number);
  });
  const auto sandbox = Sandbox::Start(options);
  if (!sandbox.ok()) return Fail(sandbox.status(), EXIT_FAILURE);
  printf("listening on %s\n", (*sandbox)->base_url().c_str());
  fflush(stdout);

  StartCompleted();
  signals.Serving();
  signals.Wait();
  return 0;
}

}  // namespace
}  // namespace wriftai::sandbox

// Runs before the libraries' initializers, which may open files and run out of
// memory.
[[gnu::section(".preinit_array"), gnu::used]] void (*const prepare)() = [] {
  wriftai::PrepareProcess("wriftai-sandbox");
};

int main(int argc, char** argv) {
  return wriftai::sandbox::Main(wriftai::ArgumentsFromMain(argc, argv));
}
