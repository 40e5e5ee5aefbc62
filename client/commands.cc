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

// For a call that answers at once, where no --timeout is given.
constexpr absl::Duration kUnaryTimeout = absl::Seconds(30);

// One method a command.
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
    return kExitDone;
  }

  int operator()(const VersionCommand&) {
    out_ << VersionLine("wriftctl");
    return kExitDone;
  }

  int operator()(const GetCommand& command) {
    v1::Prediction prediction;
    const grpc::Status status = Call<v1::GetRequest, v1::Prediction>(
        &v1::Predictions::Stub::AsyncGet, command.request, prediction);
    return status.ok() ? Show(prediction) : Fail(status, "left");
  }

  int operator()(const CancelCommand& command) {
    v1::CancelResponse response;
    const grpc::Status status = Call<v1::CancelRequest, v1::CancelResponse>(
        &v1::Predictions::Stub::AsyncCancel, command.request, response);
    if (!status.ok()) {
      return Fail(status, "left; the cancel may have been asked for");
    }
    if (invocation_.json) return ShowJson(response);
    out_ << "asked for; this tells when the prediction has ended: wriftctl "
            "wait "
         << PrintableLine(command.request.id()) << "\n";
    return kExitDone;
  }

  int operator()(const ListCommand& command) {
    v1::ListRequest request = command.request;
    PredictionTable table;
    while (true) {
      v1::ListResponse page;
      const grpc::Status status = Call<v1::ListRequest, v1::ListResponse>(
          &v1::Predictions::Stub::AsyncList, request, page);
      if (!status.ok()) return Fail(status, "left");
      if (const int exit_code = ShowPage(page, table); exit_code != kExitDone) {
        return exit_code;
      }
      const std::string& next = page.next_page_token();
      if (next.empty()) return kExitDone;
      if (!command.all) {
        err_ << "more: wriftctl list --page_token " << PrintableLine(next)
             << "\n";
        return kExitDone;
      }
      if (next == request.page_token()) {
        return Fail(grpc::Status(grpc::StatusCode::INTERNAL,
                                 "the next page is the same page"),
                    "left");
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
      const int exit_code = Fail(status, "left");
      return exit_code == kExitCallFailed ? kExitNotServing : exit_code;
    }
    if (invocation_.json) {
      if (const int exit_code = ShowJson(response); exit_code != kExitDone) {
        return exit_code;
      }
    } else {
      out_ << HealthCheckResponse::ServingStatus_Name(response.status())
           << "\n";
    }
    return response.status() == HealthCheckResponse::SERVING ? kExitDone
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
    return exit_code == kExitDone && prediction.status() == v1::STATUS_FAILED
               ? kExitPredictionFailed
               : exit_code;
  }

 private:
  static constexpr char kMayBeCreated[] =
      "the prediction may have been created: wriftctl list";

  // For a call that answers at once; `longer`: what the server is asked to wait
  // by itself.
  std::unique_ptr<grpc::ClientContext> NewContext(
      absl::Duration longer = absl::ZeroDuration()) {
    return connection_.NewContext(
        deadline_.value_or(host_.clock.Now() + kUnaryTimeout + longer));
  }

  template <typename Request, typename Response>
  grpc::Status Call(
      UnaryMethod<v1::Predictions::Stub, Request, Response> method,
      const Request& request, Response& response,
      absl::Duration longer = absl::ZeroDuration()) {
    const auto context = NewContext(longer);
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
    const std::string how_on = absl::StrCat(
        "the prediction goes on: wriftctl wait ", PrintableLine(result.id));
    if (!result.status.ok()) {
      if (result.id.empty()) return FailCreate(result.status);
      const int exit_code = Fail(result.status, absl::StrCat("left; ", how_on));
      if (result.signal == 0 && (creates || result.prediction.has_value()) &&
          result.status.error_code() != grpc::StatusCode::NOT_FOUND) {
        err_ << how_on << "\n";
      }
      return exit_code;
    }
    // With --json the last update has shown it.
    if (!invocation_.json) Show(*result.prediction);
    return result.prediction->status() == v1::STATUS_FAILED
               ? kExitPredictionFailed
               : kExitDone;
  }

  // After a signal `left` is all there is to say: the status is that of our
  // own cancelling.
  int Fail(const grpc::Status& status, absl::string_view left) {
    out_.flush();
    if (const int signal = host_.interrupt.Signal(); signal != 0) {
      err_ << left << "\n";
      return kExitSignalBase + signal;
    }
    err_ << RenderError(status);
    return kExitCallFailed;
  }

  // Of a create that has told no id.
  int FailCreate(const grpc::Status& status) {
    const int exit_code = Fail(status, absl::StrCat("left; ", kMayBeCreated));
    const bool is_lost = status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                         status.error_code() == grpc::StatusCode::CANCELLED;
    if (exit_code == kExitCallFailed && is_lost && !CreatedNothing(status)) {
      err_ << kMayBeCreated << "\n";
    }
    return exit_code;
  }

  int Show(const v1::Prediction& prediction) {
    if (invocation_.json) return ShowJson(prediction);
    out_ << RenderPrediction(prediction, host_.console.out_is_terminal);
    return kExitDone;
  }

  int ShowPage(const v1::ListResponse& page, PredictionTable& table) {
    if (invocation_.json) return ShowJson(page);
    out_ << table.Page(page) << std::flush;
    if (!page.inexact_fields().empty()) {
      err_ << "WriftAI sent with this page what could not be used: "
           << PrintableLine(absl::StrJoin(page.inexact_fields(), ", ")) << "\n";
    }
    return kExitDone;
  }

  int ShowJson(const google::protobuf::Message& message) {
    const absl::StatusOr<std::string> json = RenderJson(message);
    if (!json.ok()) {
      err_ << "INTERNAL: " << PrintableLine(json.status().message()) << "\n";
      return kExitCallFailed;
    }
    out_ << *json << std::flush;
    return kExitDone;
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
