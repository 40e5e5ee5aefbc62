#include "client/output/render_error.h"

#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/output/color.h"
#include "client/output/error_details.h"
#include "client/output/text.h"

namespace wriftai::client {
namespace {

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

std::string ErrorLine(const grpc::Status& status, bool color) {
  const std::string code =
      Colored(Color::kRed, CodeName(status.error_code()), color);
  return status.error_message().empty()
             ? code
             : absl::StrCat(code, ": ", PrintableLine(status.error_message()));
}

std::string RenderError(const grpc::Status& status, bool color) {
  std::string out = absl::StrCat(ErrorLine(status, color), "\n");
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

}  // namespace wriftai::client
