#include "client/output/error_report.h"

#include "client/output/error_details.h"
#include "client/output/error_report.pb.h"
#include "client/output/render.h"
#include "client/output/render_error.h"
#include "client/output/text.h"

namespace wriftai::client {
namespace {

// Protobuf's strings are UTF-8; a message of gRPC may not be.
std::string Utf8(absl::string_view text) {
  return IsUtf8(text) ? std::string(text) : PrintableText(text);
}

std::string JsonOf(const ErrorReport& report) {
  absl::StatusOr<std::string> json = RenderJson(report);
  if (json.ok()) return *std::move(json);
  // A detail that cannot be converted, such as one of an unknown type.
  ErrorReport rest = report;
  rest.mutable_error()->clear_details();
  return RenderJson(rest).value_or("{}\n");
}

}  // namespace

std::string ErrorJson(const grpc::Status& status, absl::string_view hint,
                      int exit_status) {
  ErrorReport report;
  ErrorReport::Error& error = *report.mutable_error();
  error.set_code(CodeName(status.error_code()));
  error.set_message(Utf8(status.error_message()));
  error.set_hint(Utf8(hint));
  error.set_exit_status(exit_status);
  google::rpc::Status details;
  if (details.ParseFromString(status.error_details())) {
    *error.mutable_details() = details.details();
  }
  if (const auto info = FindDetail<google::rpc::ErrorInfo>(status)) {
    error.set_reason(info->reason());
    error.set_domain(info->domain());
    *error.mutable_metadata() = info->metadata();
  }
  if (const auto delay = RetryDelay(status)) {
    *error.mutable_retry_delay() = ToProto(*delay);
  }
  return JsonOf(report);
}

std::string LocalErrorJson(grpc::StatusCode code, absl::string_view reason,
                           absl::string_view message, int exit_status) {
  ErrorReport report;
  ErrorReport::Error& error = *report.mutable_error();
  error.set_code(CodeName(code));
  error.set_reason(std::string(reason));
  error.set_domain("wriftctl");
  error.set_message(Utf8(message));
  error.set_exit_status(exit_status);
  return JsonOf(report);
}

}  // namespace wriftai::client
