#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/stubs/logging.h"
#include "service/app.h"
#include "service/config.h"
#include "service/logging/logging.h"
#include "spdlog/spdlog.h"
#include "upstream/core/flag_set.h"
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

// Every caller's connection takes a descriptor, and so does every one to the
// upstream. The usual soft limit of 1024 protects programs that use select(),
// which nothing here does; the hard one is what the operator allows.
void TakeAllDescriptors() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// Ends the process at once, by the signal's default action. PID 1 of a
// container has none: the kernel drops a signal that it does not handle.
void EndAtOnce(int signal_number) {
  raise(signal_number);
  _exit(128 + signal_number);
}

// Until the first of `signals`, which are blocked. INVALID_ARGUMENT: see
// App::Start().
absl::Status Serve(wriftai::Config config, const wriftai::Logging& logging,
                   const sigset_t& signals) {
  const absl::Duration drain_timeout = config.drain_timeout;
  auto app = wriftai::App::Start(std::move(config), logging);
  if (!app.ok()) return app.status();
  int signal_number = 0;
  sigwait(&signals, &signal_number);
  spdlog::info("signal {}: draining", signal_number);
  struct sigaction end = {};
  end.sa_handler = EndAtOnce;
  end.sa_flags = SA_RESETHAND | SA_NODEFER;
  sigaction(signal_number, &end, nullptr);
  sigaction(SIGALRM, &end, nullptr);
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  alarm(static_cast<unsigned>(absl::ToInt64Seconds(
      absl::Ceil(drain_timeout + kStopPatience, absl::Seconds(1)))));
  (*app)->Stop();
  spdlog::info("stopped");
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  // Before any thread starts, so that all inherit it: signals are waited for
  // below, and a broken connection is an error of a write and no signal.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  TakeAllDescriptors();

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
  wriftai::Logging logging(line->config.log);
  const absl::Status status = Serve(std::move(line->config), logging, signals);
  const bool logged = logging.Finish(kLogPatience);
  const int exit_status = status.ok() ? EXIT_SUCCESS : Usage(status);
  if (!logged) std::_Exit(exit_status);
  return exit_status;
}
