#include "client/commands.h"

#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/version.h"
#include "client/connection.h"
#include "client/exit_code.h"
#include "client/prediction_table.h"
#include "client/render.h"
#include "client/render_error.h"
#include "client/text.h"
#include "client/unary_call.h"
#include "client/wait_session.h"

namespace wriftai::client {
namespace {

// The timeout of a unary call without --timeout.
constexpr absl::Duration kUnaryTimeout = absl::Seconds(30);

// Has one method per command.
class Runner {
 public:
  Runner(const Invocation& invocation, Host& host)
      : invocation_(invocation),
        host_(host),
        out_(host.console.out),
        err_(host.console.err),
        connection_(invocation.connection, host.clock) {
    if (invocation.timeout.has_value()) {
      deadline_ = host.clock.Now() + *invocation.timeout;
    }
  }

  int operator()(const HelpCommand& command) {
    out_ << command.text;
    return kExitSuccess;
  }

  int operator()(const VersionCommand&) {
    out_ << VersionLine("wriftctl");
    return kExitSuccess;
  }

  int operator()(const GetCommand& command) {
    v1::Prediction prediction;
    const grpc::Status status = Call<v1::GetRequest, v1::Prediction>(
        &v1::Predictions::Stub::AsyncGet, command.request, prediction);
    return status.ok() ? Show(prediction) : Fail(status, kInterrupted);
  }

  int operator()(const CancelCommand& command) {
    v1::CancelResponse response;
    const grpc::Status status = Call<v1::CancelRequest, v1::CancelResponse>(
        &v1::Predictions::Stub::AsyncCancel, command.request, response);
    if (!status.ok()) {
      return Fail(status, "Interrupted; cancellation may have been requested.");
    }
    if (invocation_.json) return ShowJson(response);
    out_ << "Cancellation requested. Watch it take effect: wriftctl wait "
         << PrintableLine(command.request.id()) << "\n";
    return kExitSuccess;
  }

  int operator()(const ListCommand& command) {
    v1::ListRequest request = command.request;
    PredictionTable table;
    while (true) {
      v1::ListResponse page;
      const grpc::Status status = Call<v1::ListRequest, v1::ListResponse>(
          &v1::Predictions::Stub::AsyncList, request, page);
      if (!status.ok()) return Fail(status, kInterrupted);
      if (const int exit_code = ShowPage(page, table);
          exit_code != kExitSuccess) {
        return exit_code;
      }
      const std::string& next = page.next_page_token();
      if (next.empty()) return kExitSuccess;
      if (!command.all) {
        err_ << "Next page: wriftctl list --page_token " << PrintableLine(next)
             << "\n";
        return kExitSuccess;
      }
      if (next == request.page_token()) {
        return Fail(grpc::Status(grpc::StatusCode::INTERNAL,
                                 "the next page has the token of this page"),
                    kInterrupted);
      }
      request.set_page_token(next);
    }
  }

  int operator()(const HealthCommand& command) {
    using grpc::health::v1::HealthCheckResponse;
    HealthCheckResponse response;
    const auto context = NewContext();
    const grpc::Status status = CallUnary(
        connection_.health_stub(), &grpc::health::v1::Health::Stub::AsyncCheck,
        *context, command.request, host_.interrupt, response);
    if (!status.ok()) {
      const int exit_code = Fail(status, kInterrupted);
      return exit_code == kExitCallFailed ? kExitNotServing : exit_code;
    }
    if (invocation_.json) {
      if (const int exit_code = ShowJson(response); exit_code != kExitSuccess) {
        return exit_code;
      }
    } else {
      out_ << HealthCheckResponse::ServingStatus_Name(response.status())
           << "\n";
    }
    return response.status() == HealthCheckResponse::SERVING ? kExitSuccess
                                                             : kExitNotServing;
  }

  int operator()(const WaitCommand& command) {
    WaitPlan plan;
    plan.wait = command.request;
    return Wait(std::move(plan));
  }

  int operator()(const CreateCommand& command) {
    v1::CreateRequest request = command.request;
    if (command.webhook_secret.has_value()) {
      request.mutable_webhook()->set_secret(
          std::string(command.webhook_secret->Reveal()));
    }
    if (command.wait) return CreateAndWait(command, std::move(request));
    v1::Prediction prediction;
    const grpc::Status status = Call<v1::CreateRequest, v1::Prediction>(
        &v1::Predictions::Stub::AsyncCreate, request, prediction,
        FromProto(request.server_wait()));
    if (!status.ok()) return FailCreate(status);
    const int exit_code = Show(prediction);
    return exit_code == kExitSuccess &&
                   prediction.status() == v1::PREDICTION_STATUS_FAILED
               ? kExitPredictionFailed
               : exit_code;
  }

 private:
  static constexpr char kInterrupted[] = "Interrupted.";
  static constexpr char kMayBeCreated[] =
      "prediction may have been created. Check: wriftctl list";

  // For a unary call. `server_wait`: how long the server may hold its response.
  std::unique_ptr<grpc::ClientContext> NewContext(
      absl::Duration server_wait = absl::ZeroDuration()) {
    return connection_.NewContext(
        deadline_.value_or(host_.clock.Now() + kUnaryTimeout + server_wait));
  }

  template <typename Request, typename Response>
  grpc::Status Call(
      UnaryMethod<v1::Predictions::Stub, Request, Response> method,
      const Request& request, Response& response,
      absl::Duration server_wait = absl::ZeroDuration()) {
    const auto context = NewContext(server_wait);
    return CallUnary(connection_.stub(), method, *context, request,
                     host_.interrupt, response);
  }

  int CreateAndWait(const CreateCommand& command, v1::CreateRequest request) {
    WaitPlan plan;
    plan.wait.set_payload_format(request.payload_format());
    *plan.wait.mutable_wait_options() = command.wait_options;
    plan.create.emplace();
    *plan.create->mutable_create() = std::move(request);
    *plan.create->mutable_wait_options() = command.wait_options;
    return Wait(std::move(plan));
  }

  int Wait(WaitPlan plan) {
    plan.deadline = deadline_;
    plan.json = invocation_.json;
    const bool creates = plan.create.has_value();
    const WaitResult result =
        WaitSession(connection_, host_, std::move(plan)).Run();
    const std::string still_running =
        absl::StrCat("prediction is still running. Resume: wriftctl wait ",
                     PrintableLine(result.id));
    if (!result.status.ok()) {
      if (result.id.empty()) return FailCreate(result.status);
      const int exit_code = Fail(
          result.status, absl::StrCat("Stopped waiting; the ", still_running));
      if (result.signal == 0 && (creates || result.prediction.has_value()) &&
          result.status.error_code() != grpc::StatusCode::NOT_FOUND) {
        err_ << "The " << still_running << "\n";
      }
      return exit_code;
    }
    // --json has already printed it with the last update.
    if (!invocation_.json) Show(*result.prediction);
    return result.prediction->status() == v1::PREDICTION_STATUS_FAILED
               ? kExitPredictionFailed
               : kExitSuccess;
  }

  // After a signal, prints only `if_interrupted`: the status then results from
  // the client's own cancellation.
  int Fail(const grpc::Status& status, absl::string_view if_interrupted) {
    out_.flush();
    if (const int signal = host_.interrupt.Signal(); signal != 0) {
      err_ << if_interrupted << "\n";
      return kExitSignalBase + signal;
    }
    err_ << RenderError(status);
    return kExitCallFailed;
  }

  // For a create that returned no id.
  int FailCreate(const grpc::Status& status) {
    const int exit_code =
        Fail(status, absl::StrCat("Interrupted; the ", kMayBeCreated));
    const bool is_lost = status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                         status.error_code() == grpc::StatusCode::CANCELLED;
    if (exit_code == kExitCallFailed && is_lost &&
        !DefinitelyNotCreated(status)) {
      err_ << "The " << kMayBeCreated << "\n";
    }
    return exit_code;
  }

  int Show(const v1::Prediction& prediction) {
    if (invocation_.json) return ShowJson(prediction);
    out_ << RenderPrediction(prediction, host_.console.out_is_terminal);
    return kExitSuccess;
  }

  int ShowPage(const v1::ListResponse& page, PredictionTable& table) {
    if (invocation_.json) return ShowJson(page);
    out_ << table.Page(page) << std::flush;
    if (!page.inexact_fields().empty()) {
      err_ << "WriftAI sent invalid values in this page: "
           << PrintableLine(absl::StrJoin(page.inexact_fields(), ", ")) << "\n";
    }
    return kExitSuccess;
  }

  int ShowJson(const google::protobuf::Message& message) {
    const absl::StatusOr<std::string> json = RenderJson(message);
    if (!json.ok()) {
      err_ << "INTERNAL: " << PrintableLine(json.status().message()) << "\n";
      return kExitCallFailed;
    }
    out_ << *json << std::flush;
    return kExitSuccess;
  }

  const Invocation& invocation_;
  Host& host_;
  std::ostream& out_;
  std::ostream& err_;
  Connection connection_;
  std::optional<absl::Time> deadline_;
};

}  // namespace

int RunInvocation(const Invocation& invocation, Host& host) {
  return std::visit(Runner(invocation, host), invocation.command);
}

}  // namespace wriftai::client
