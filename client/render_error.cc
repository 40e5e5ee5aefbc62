#include "client/render_error.h"

#include <algorithm>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/text.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace wriftai::client {
namespace {

template <typename Detail>
std::optional<Detail> FindDetail(const grpc::Status& status) {
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return std::nullopt;
  Detail detail;
  for (const google::protobuf::Any& any : details.details()) {
    if (any.Is<Detail>() && any.UnpackTo(&detail)) return detail;
  }
  return std::nullopt;
}

void AppendLine(absl::string_view name, absl::string_view text,
                std::string& out) {
  absl::StrAppend(&out, "  ", PrintableLine(name), ": ", PrintableLine(text),
                  "\n");
}

// Like AppendLine(), unless the error's message already starts with this text.
void AppendUnlessInMessage(const grpc::Status& status, absl::string_view name,
                           absl::string_view text, std::string& out) {
  if (!absl::StartsWith(status.error_message(),
                        absl::StrCat(name, ": ", text))) {
    AppendLine(name, text, out);
  }
}

}  // namespace

std::string CodeName(grpc::StatusCode code) {
  static constexpr const char* kNames[] = {"OK",
                                           "CANCELLED",
                                           "UNKNOWN",
                                           "INVALID_ARGUMENT",
                                           "DEADLINE_EXCEEDED",
                                           "NOT_FOUND",
                                           "ALREADY_EXISTS",
                                           "PERMISSION_DENIED",
                                           "RESOURCE_EXHAUSTED",
                                           "FAILED_PRECONDITION",
                                           "ABORTED",
                                           "OUT_OF_RANGE",
                                           "UNIMPLEMENTED",
                                           "INTERNAL",
                                           "UNAVAILABLE",
                                           "DATA_LOSS",
                                           "UNAUTHENTICATED"};
  const int number = code;
  if (number < 0 || number >= static_cast<int>(std::size(kNames))) {
    return absl::StrCat("code ", number);
  }
  return kNames[number];
}

std::string ErrorLine(const grpc::Status& status) {
  const std::string code = CodeName(status.error_code());
  return status.error_message().empty()
             ? code
             : absl::StrCat(code, ": ", PrintableLine(status.error_message()));
}

std::string RenderError(const grpc::Status& status) {
  std::string out = absl::StrCat(ErrorLine(status), "\n");
  if (const auto bad = FindDetail<google::rpc::BadRequest>(status)) {
    for (const auto& violation : bad->field_violations()) {
      AppendUnlessInMessage(status, violation.field(), violation.description(),
                            out);
    }
  }
  if (const auto quota = FindDetail<google::rpc::QuotaFailure>(status)) {
    for (const auto& violation : quota->violations()) {
      AppendUnlessInMessage(status, violation.subject(),
                            violation.description(), out);
    }
  }
  if (const auto failure =
          FindDetail<google::rpc::PreconditionFailure>(status)) {
    for (const auto& violation : failure->violations()) {
      AppendUnlessInMessage(status, violation.subject(),
                            violation.description(), out);
    }
  }
  if (const auto delay = RetryDelay(status)) {
    absl::StrAppend(&out, "  retry after ", absl::FormatDuration(*delay), "\n");
  }
  if (const auto info = FindDetail<google::rpc::ErrorInfo>(status)) {
    AppendLine("reason",
               absl::StrCat(info->reason(), " (", info->domain(), ")"), out);
    // Sorted, since a protobuf map has no order.
    const std::map<std::string, std::string> metadata(info->metadata().begin(),
                                                      info->metadata().end());
    for (const auto& [name, value] : metadata) AppendLine(name, value, out);
  }
  return out;
}

std::optional<std::string> CreatedId(const grpc::Status& status) {
  const auto info = FindDetail<google::rpc::ErrorInfo>(status);
  if (!info.has_value()) return std::nullopt;
  const auto id = info->metadata().find("prediction_id");
  if (id == info->metadata().end()) return std::nullopt;
  return id->second;
}

bool DefinitelyNotCreated(const grpc::Status& status) {
  // This is gRPC's message. If a later version changes it, such a create is
  // merely not retried.
  return status.error_code() == grpc::StatusCode::UNAVAILABLE &&
         !CreatedId(status).has_value() &&
         (FindDetail<google::rpc::ErrorInfo>(status).has_value() ||
          absl::StartsWith(status.error_message(), "failed to connect to all"));
}

std::optional<absl::Duration> RetryDelay(const grpc::Status& status) {
  const auto info = FindDetail<google::rpc::RetryInfo>(status);
  if (!info.has_value() || !info->has_retry_delay()) return std::nullopt;
  return std::clamp(FromProto(info->retry_delay()), absl::ZeroDuration(),
                    kMaxRetryDelay);
}

}  // namespace wriftai::client
