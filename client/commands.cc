#include "client/commands.h"

#include <variant>

#include "base/version.h"
#include "client/call/call_runner.h"
#include "client/call/list_runner.h"
#include "client/call/retry_rules.h"
#include "client/call/wait_runner.h"
#include "client/exit_code.h"
#include "client/output/printer.h"
#include "client/output/text.h"

namespace wriftai::client {
namespace {

// Has one method per command.
class Runner {
 public:
  Runner(const Invocation& invocation, Host& host)
      : printer_(invocation.output, host.console),
        out_(host.console.out),
        calls_(invocation, host, printer_) {}

  int operator()(const TextCommand& command) {
    out_ << command.text;
    return kExitSuccess;
  }

  int operator()(const VersionCommand&) {
    if (printer_.json()) {
      out_ << "{\"version\":\"" << Version() << "\",\"commit\":\"" << Commit()
           << "\"}\n";
    } else {
      out_ << VersionLine("wriftctl");
    }
    return kExitSuccess;
  }

  int operator()(const GetCommand& command) {
    v1::Prediction prediction;
    const grpc::Status status = calls_.Call<v1::GetRequest, v1::Prediction>(
        &v1::Predictions::Stub::AsyncGet, command.request, prediction,
        MayReadAgain);
    return status.ok() ? printer_.ShowPrediction(prediction)
                       : calls_.Fail(status);
  }

  int operator()(const CancelCommand& command) {
    v1::CancelResponse response;
    const grpc::Status status =
        calls_.Call<v1::CancelRequest, v1::CancelResponse>(
            &v1::Predictions::Stub::AsyncCancel, command.request, response,
            MayReadAgain);
    if (!status.ok()) {
      return calls_.Fail(status,
                         "Interrupted; cancellation may have been requested.");
    }
    const std::string& id = command.request.id();
    return printer_.ShowMessage(
        response, id,
        absl::StrCat("Cancellation requested. Watch it take effect: wriftctl "
                     "wait ",
                     PrintableLine(id)),
        /*is_hint=*/true);
  }

  int operator()(const ListCommand& command) {
    return RunList(command, calls_, printer_);
  }

  int operator()(const HealthCommand& command) {
    using grpc::health::v1::HealthCheckResponse;
    HealthCheckResponse response;
    const grpc::Status status = calls_.CallHealth(command.request, response);
    if (!status.ok()) {
      return calls_.Fail(status, "Interrupted.", "", kExitNotServing);
    }
    const int exit_code = printer_.ShowMessage(
        response, "",
        HealthCheckResponse::ServingStatus_Name(response.status()));
    return exit_code == kExitSuccess &&
                   response.status() != HealthCheckResponse::SERVING
               ? kExitNotServing
               : exit_code;
  }

  int operator()(const WaitCommand& command) {
    return RunWait(command, calls_, printer_);
  }

  int operator()(const CreateCommand& command) {
    return command.wait ? RunCreateAndWait(command, calls_, printer_)
                        : RunCreate(command, calls_, printer_);
  }

 private:
  Printer printer_;
  std::ostream& out_;
  CallRunner calls_;
};

}  // namespace

int RunInvocation(const Invocation& invocation, Host& host) {
  for (const std::string& warning : invocation.warnings) {
    if (!invocation.output.quiet) {
      host.console.err << "wriftctl: warning: " << PrintableLine(warning)
                       << "\n";
    }
  }
  return std::visit(Runner(invocation, host), invocation.command);
}

}  // namespace wriftai::client
