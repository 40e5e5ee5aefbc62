#include <google/protobuf/stubs/logging.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/flag_set.h"
#include "base/process_start.h"
#include "client/arguments/command_line.h"
#include "client/commands.h"
#include "client/exit_code.h"
#include "client/output/error_report.h"
#include "client/output/output_file.h"
#include "client/output/text.h"
#include "client/system_host.h"

// Runs before the libraries' initializers, which may open files and run out of
// memory.
[[gnu::section(".preinit_array"), gnu::used]] void (*const prepare)() = [] {
  wriftai::PrepareProcess("wriftctl", wriftai::ClosedStreams::kFail);
};

namespace wriftai::client {
namespace {

// Prints an error of this program itself. Returns `exit_code`.
int PrintError(grpc::StatusCode code, absl::string_view reason,
               absl::string_view message, int exit_code, bool json) {
  if (json) {
    std::cerr << LocalErrorJson(code, reason, message, exit_code);
  } else {
    std::cerr << "wriftctl: " << PrintableLine(message) << "\n";
  }
  return exit_code;
}

int FailUsage(absl::string_view message, bool json) {
  return PrintError(grpc::StatusCode::INVALID_ARGUMENT, "USAGE", message,
                    kExitUsageError, json);
}

int FailOutput(absl::string_view message, bool json) {
  return PrintError(grpc::StatusCode::INTERNAL, "OUTPUT", message,
                    kExitCallFailed, json);
}

bool IsSet(const char* variable) {
  const char* const value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

// Runs the command with its result in `file`, or on standard output if null.
int Run(const Invocation& invocation, OutputFile* file) {
  std::ostream& out = file == nullptr ? std::cout : file->stream();
  Console console{out,
                  std::cerr,
                  file == nullptr && IsTerminal(STDOUT_FILENO),
                  IsTerminal(STDERR_FILENO),
                  [] { return TerminalWidth(STDERR_FILENO); },
                  IsSet("NO_COLOR"),
                  absl::Now};
  SteadyClock clock;
  SignalInterrupt interrupt;
  Host host{console, clock, interrupt, JitterSource()};
  return RunInvocation(invocation, host);
}

int RunToFile(const Invocation& invocation) {
  const auto file = OutputFile::Open(invocation.output.file);
  if (!file.ok()) {
    return FailUsage(absl::StrCat("--output_file: ", file.status().message()),
                     invocation.output.json());
  }
  const int exit_code = Run(invocation, file->get());
  // A failed prediction is a result, too, unless the format has none. Commit()
  // reports why the file could not be written.
  const bool has_result =
      exit_code == kExitSuccess || (*file)->stream().fail() ||
      (exit_code == kExitPredictionFailed && (*file)->stream().tellp() > 0);
  if (!has_result) return exit_code;
  if (const absl::Status status = (*file)->Commit(); !status.ok()) {
    return FailOutput(status.message(), invocation.output.json());
  }
  return exit_code;
}

int Main(const std::vector<std::string>& arguments,
         const std::vector<std::string>& variables) {
  const absl::StatusOr<Invocation> invocation =
      ParseCommandLine(arguments, std::getenv, std::cin, variables);
  if (!invocation.ok()) {
    return FailUsage(invocation.status().message(),
                     WantsJson(arguments, std::getenv));
  }
  if (!invocation->output.file.empty() && invocation->output.file != "-") {
    return RunToFile(*invocation);
  }
  const int exit_code = Run(*invocation, nullptr);
  if (!std::cout.flush()) {
    return FailOutput("cannot write to standard output",
                      invocation->output.json());
  }
  return exit_code;
}

}  // namespace
}  // namespace wriftai::client

int main(int argc, char** argv) {
  // wriftctl reports errors itself. The libraries' log lines would interfere
  // with the status line. An explicit GRPC_VERBOSITY takes precedence.
  setenv("GRPC_VERBOSITY", "NONE", 0);
  // Between two tries of a call, only gRPC's backup poll drives the connection
  // attempt, by default every 5 s: attempts time out that would succeed.
  setenv("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "50", 0);
  google::protobuf::SetLogHandler(nullptr);
  std::ios::sync_with_stdio(false);
  return wriftai::client::Main(wriftai::ArgumentsFromMain(argc, argv),
                               wriftai::VariablesFromMain(environ));
}
