#include "client/call/call_runner.h"

#include <algorithm>

#include "client/call/connection_advice.h"
#include "client/call/retry_rules.h"
#include "client/exit_code.h"
#include "client/output/error_details.h"

namespace wriftai::client {
namespace {

// The timeout of a unary call without --timeout.
constexpr absl::Duration kUnaryTimeout = absl::Seconds(30);

constexpr char kMayBeCreated[] =
    "prediction may have been created. Check: wriftctl list";

// Whether a create may have reached the upstream without the gateway's knowing.
// Otherwise its error says what is known.
bool IsLostCreate(const grpc::Status& status) {
  switch (status.error_code()) {
    case grpc::StatusCode::UNAVAILABLE:
    case grpc::StatusCode::CANCELLED:
    case grpc::StatusCode::UNKNOWN:
    case grpc::StatusCode::INTERNAL:
    case grpc::StatusCode::DEADLINE_EXCEEDED:
      return !HasErrorInfo(status) && !IsUnreachable(status);
    default:
      return false;
  }
}

}  // namespace

CallRunner::CallRunner(const Invocation& invocation, Host& host,
                       Printer& printer)
    : invocation_(invocation),
      host_(host),
      printer_(printer),
      connection_(invocation.connection, host.clock) {
  if (invocation.timeout.has_value()) {
    deadline_ = host.clock.Now() + *invocation.timeout;
  }
}

grpc::Status CallRunner::CallHealth(
    const grpc::health::v1::HealthCheckRequest& request,
    grpc::health::v1::HealthCheckResponse& response) {
  return Repeat(connection_.health_stub(),
                &grpc::health::v1::Health::Stub::AsyncCheck, request, response,
                MayReadAgain, absl::ZeroDuration());
}

absl::Time CallRunner::RetryDeadline() const {
  return std::min(
      deadline_.value_or(absl::InfiniteFuture()),
      host_.clock.Now() + invocation_.retry_for.value_or(absl::ZeroDuration()));
}

std::unique_ptr<grpc::ClientContext> CallRunner::NewContext(
    absl::Duration server_wait) {
  return connection_.NewContext(
      deadline_.value_or(host_.clock.Now() + kUnaryTimeout + server_wait));
}

int CallRunner::Fail(const grpc::Status& status,
                     absl::string_view if_interrupted, absl::string_view hint,
                     int exit_status) {
  if (const int signal = host_.interrupt.Signal(); signal != 0) {
    return printer_.Interrupted(signal, if_interrupted);
  }
  return printer_.Fail(status,
                       hint.empty()
                           ? ConnectionAdvice(status, invocation_.connection)
                           : std::string(hint),
                       exit_status);
}

int CallRunner::FailCreate(const grpc::Status& status) {
  return Fail(status, absl::StrCat("Interrupted; the ", kMayBeCreated),
              IsLostCreate(status) ? absl::StrCat("The ", kMayBeCreated) : "");
}

}  // namespace wriftai::client
