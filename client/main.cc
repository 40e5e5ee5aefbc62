#include <google/protobuf/stubs/logging.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "base/flag_set.h"
#include "base/process_start.h"
#include "client/command_line.h"
#include "client/commands.h"
#include "client/exit_code.h"
#include "client/system_host.h"
#include "client/text.h"

// Runs before the libraries' initializers, which may open files and run out of
// memory.
[[gnu::section(".preinit_array"), gnu::used]] void (*const prepare)() = [] {
  wriftai::PrepareProcess("wriftctl");
};

int main(int argc, char** argv) {
  // wriftctl reports errors itself. The libraries' log lines would interfere
  // with the status line. An explicit GRPC_VERBOSITY takes precedence.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  // Between two tries of a call, only gRPC's backup poll drives the connection
  // attempt, by default every 5 s: attempts time out that would succeed.
  setenv("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "50", 0);
  google::protobuf::SetLogHandler(nullptr);
  std::ios::sync_with_stdio(false);
  const absl::StatusOr<wriftai::client::Invocation> invocation =
      wriftai::client::ParseCommandLine(wriftai::ArgumentsFromMain(argc, argv),
                                        std::getenv, std::cin,
                                        wriftai::VariablesFromMain(environ));
  if (!invocation.ok()) {
    std::cerr << "wriftctl: "
              << wriftai::client::PrintableLine(invocation.status().message())
              << "\n";
    return wriftai::client::kExitUsageError;
  }
  wriftai::client::Console console{
      std::cout, std::cerr, wriftai::client::IsTerminal(STDOUT_FILENO),
      wriftai::client::IsTerminal(STDERR_FILENO),
      [] { return wriftai::client::TerminalWidth(STDERR_FILENO); }};
  wriftai::client::SteadyClock clock;
  wriftai::client::SignalInterrupt interrupt;
  wriftai::client::Host host{console, clock, interrupt,
                             wriftai::client::JitterSource()};
  const int exit_code = wriftai::client::RunInvocation(*invocation, host);
  if (!std::cout.flush()) {
    std::cerr << "wriftctl: cannot write to standard output\n";
    return wriftai::client::kExitCallFailed;
  }
  return exit_code;
}
