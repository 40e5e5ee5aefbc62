#ifndef WRIFTAI_CLIENT_CALL_CALL_RUNNER_H_
#define WRIFTAI_CLIENT_CALL_CALL_RUNNER_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/call/connection.h"
#include "client/call/retries.h"
#include "client/call/unary_call.h"
#include "client/command.h"
#include "client/exit_code.h"
#include "client/host.h"
#include "client/output/printer.h"
#include "client/output/render_error.h"
#include "client/output/text.h"

namespace wriftai::client {

// Whether a call that failed with `status` may be repeated: retry_rules.h.
using RetryRule = bool (*)(const grpc::Status& status);

// Makes the unary calls of a command, with deadlines, and with retries for as
// long as --retry_for allows. Prints their errors.
//
// Threads: one. Owns: the connection; the arguments must outlive it. Fails:
// calls return their last status.
class CallRunner {
 public:
  CallRunner(const Invocation& invocation, Host& host, Printer& printer);

  // `server_wait`: how long the server may hold its response.
  template <typename Request, typename Response>
  grpc::Status Call(
      UnaryMethod<v1::Predictions::Stub, Request, Response> method,
      const Request& request, Response& response, RetryRule rule,
      absl::Duration server_wait = absl::ZeroDuration()) {
    return Repeat(connection_.stub(), method, request, response, rule,
                  server_wait);
  }

  grpc::Status CallHealth(const grpc::health::v1::HealthCheckRequest& request,
                          grpc::health::v1::HealthCheckResponse& response);

  // Prints the error and `hint`, what to do, or else ConnectionAdvice().
  // Returns `exit_status`. After a signal, prints only `if_interrupted`: the
  // status then results from the client's own cancellation.
  int Fail(const grpc::Status& status,
           absl::string_view if_interrupted = "Interrupted.",
           absl::string_view hint = "", int exit_status = kExitCallFailed);

  // For a create that returned no id.
  int FailCreate(const grpc::Status& status);

  Connection& connection() { return connection_; }
  Host& host() { return host_; }
  const Invocation& invocation() const { return invocation_; }

  // Of the command. Unset without --timeout.
  std::optional<absl::Time> deadline() const { return deadline_; }

 private:
  template <typename Stub, typename Request, typename Response>
  grpc::Status Repeat(Stub& stub, UnaryMethod<Stub, Request, Response> method,
                      const Request& request, Response& response,
                      RetryRule rule, absl::Duration server_wait) {
    Retries retries(host_);
    const absl::Time until = RetryDeadline();
    while (true) {
      response.Clear();
      const auto context = NewContext(server_wait);
      grpc::Status status =
          CallUnary(stub, method, *context, request, host_.interrupt, response);
      if (status.ok() || host_.interrupt.Signal() != 0 || !rule(status)) {
        return status;
      }
      const auto delay = retries.DelayAfter(status, until);
      if (!delay.has_value()) return status;
      printer_.Note(absl::StrCat(ErrorLine(status), "; retrying in ",
                                 SecondsText(*delay)));
      if (!retries.Sleep(*delay, [] {})) return grpc::Status::CANCELLED;
    }
  }

  absl::Time RetryDeadline() const;
  std::unique_ptr<grpc::ClientContext> NewContext(absl::Duration server_wait);

  const Invocation& invocation_;
  Host& host_;
  Printer& printer_;
  Connection connection_;
  std::optional<absl::Time> deadline_;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_CALL_CALL_RUNNER_H_
