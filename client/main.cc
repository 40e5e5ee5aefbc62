#include <google/protobuf/stubs/logging.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "client/command_line.h"
#include "client/commands.h"
#include "client/exit_code.h"
#include "client/system_host.h"
#include "client/text.h"
#include "upstream/core/flag_set.h"
#include "upstream/core/process_start.h"

// Before the libraries' initializers, which may open files and run out of
// memory.
[[gnu::section(".preinit_array"), gnu::used]] void (*const prepare)() = [] {
  wriftai::PrepareProcess("wriftctl");
};

int main(int argc, char** argv) {
  // Errors are told once, by us; the libraries' own lines would run through the
  // status line. Who sets the variable gets gRPC's.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  google::protobuf::SetLogHandler(nullptr);
  std::ios::sync_with_stdio(false);
  const absl::StatusOr<wriftai::Invocation> invocation =
      wriftai::ParseCommandLine(wriftai::ArgumentsFromMain(argc, argv),
                                std::getenv, std::cin,
                                wriftai::VariablesFromMain(environ));
  if (!invocation.ok()) {
    std::cerr << "wriftctl: "
              << wriftai::PrintableLine(invocation.status().message()) << "\n";
    return wriftai::kExitWrongUsage;
  }
  wriftai::Console console{
      std::cout, std::cerr, wriftai::IsTerminal(STDOUT_FILENO),
      wriftai::IsTerminal(STDERR_FILENO),
      [] { return wriftai::TerminalWidth(STDERR_FILENO); }};
  wriftai::SteadyClock clock;
  wriftai::SignalInterrupt interrupt;
  wriftai::Host host{console, clock, interrupt, wriftai::Random()};
  const int exit_code = wriftai::RunInvocation(*invocation, host);
  if (!std::cout.flush()) {
    std::cerr << "wriftctl: cannot write to standard output\n";
    return wriftai::kExitCallFailed;
  }
  return exit_code;
}
