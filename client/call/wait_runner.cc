#include "client/call/wait_runner.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/call/retry_rules.h"
#include "client/call/wait_session.h"
#include "client/exit_code.h"
#include "client/output/text.h"

namespace wriftai::client {
namespace {

// `shown`: the exit status of having printed the prediction.
int ExitCodeOf(const v1::Prediction& prediction, int shown) {
  return shown == kExitSuccess &&
                 prediction.status() == v1::PREDICTION_STATUS_FAILED
             ? kExitPredictionFailed
             : shown;
}

v1::CreateRequest RequestOf(const CreateCommand& command) {
  v1::CreateRequest request = command.request;
  if (command.webhook_secret.has_value()) {
    request.mutable_webhook()->set_secret(
        std::string(command.webhook_secret->Reveal()));
  }
  return request;
}

int Run(WaitPlan plan, CallRunner& calls, Printer& printer) {
  plan.deadline = calls.deadline();
  plan.retry_for = calls.invocation().retry_for;
  plan.json = printer.json();
  if (printer.json()) plan.progress = Progress::kRetries;
  if (printer.quiet()) plan.progress = Progress::kNone;
  const bool creates = plan.create.has_value();
  const WaitResult result =
      WaitSession(calls.connection(), calls.host(), std::move(plan)).Run();
  if (!result.status.ok()) {
    if (result.id.empty()) return calls.FailCreate(result.status);
    const std::string still_running =
        absl::StrCat("prediction is still running. Resume: wriftctl wait ",
                     PrintableLine(result.id));
    if (result.output_failed) {
      printer.Note(absl::StrCat("The ", still_running));
      return kExitCallFailed;  // main() reports why.
    }
    const bool existed = creates || result.prediction.has_value();
    const bool exists =
        existed && result.status.error_code() != grpc::StatusCode::NOT_FOUND;
    return calls.Fail(
        result.status,
        existed ? absl::StrCat("Stopped waiting; the ", still_running)
                : absl::StrCat("Stopped waiting before the first update. "
                               "Resume: wriftctl wait ",
                               PrintableLine(result.id)),
        exists ? absl::StrCat("The ", still_running) : "");
  }
  // JSON has already been printed with the last update.
  const int shown = printer.json() ? kExitSuccess
                                   : printer.ShowPrediction(*result.prediction);
  return ExitCodeOf(*result.prediction, shown);
}

}  // namespace

int RunWait(const WaitCommand& command, CallRunner& calls, Printer& printer) {
  WaitPlan plan;
  plan.wait = command.request;
  return Run(std::move(plan), calls, printer);
}

int RunCreate(const CreateCommand& command, CallRunner& calls,
              Printer& printer) {
  const v1::CreateRequest request = RequestOf(command);
  v1::Prediction prediction;
  const grpc::Status status = calls.Call<v1::CreateRequest, v1::Prediction>(
      &v1::Predictions::Stub::AsyncCreate, request, prediction, MayCreateAgain,
      FromProto(request.server_wait()));
  if (!status.ok()) return calls.FailCreate(status);
  return ExitCodeOf(prediction, printer.ShowPrediction(prediction));
}

int RunCreateAndWait(const CreateCommand& command, CallRunner& calls,
                     Printer& printer) {
  WaitPlan plan;
  plan.wait.set_payload_format(command.request.payload_format());
  *plan.wait.mutable_wait_options() = command.wait_options;
  plan.create.emplace();
  *plan.create->mutable_create() = RequestOf(command);
  *plan.create->mutable_wait_options() = command.wait_options;
  return Run(std::move(plan), calls, printer);
}

}  // namespace wriftai::client
