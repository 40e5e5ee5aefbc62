#include "service/rpc/grpc_status.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/string_view.h"
#include "base/sanitize.h"
#include "google/rpc/status.pb.h"
#include "proto/predictions.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

std::string Details(const absl::Status& status, const std::string& message) {
  google::rpc::Status details;
  details.set_code(static_cast<int>(status.code()));
  details.set_message(message);
  status.ForEachPayload([&](absl::string_view type, const absl::Cord& value) {
    auto* const detail = details.add_details();
    detail->set_type_url(std::string(type));
    detail->set_value(std::string(value));
  });
  return details.SerializeAsString();
}

// Drops violations from the end until the details fit. If they still do not
// fit, keeps only the ErrorInfo.
std::string BoundedDetails(absl::Status status, const std::string& message) {
  std::string details = Details(status, message);
  auto bad_request = GetDetail<google::rpc::BadRequest>(status);
  while (details.size() > kMaxStatusDetailBytes && bad_request.has_value() &&
         bad_request->field_violations_size() > 1) {
    bad_request->mutable_field_violations()->RemoveLast();
    SetDetail(*bad_request, status);
    details = Details(status, message);
  }
  if (details.size() <= kMaxStatusDetailBytes) return details;
  absl::Status reduced(status.code(), message);
  if (const auto info = GetDetail<google::rpc::ErrorInfo>(status)) {
    SetDetail(*info, reduced);
  }
  return Details(reduced, message);
}

}  // namespace

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  // Leading or trailing spaces make a header value malformed (RFC 9113, section
  // 8.2.1). gRPC does not encode them, so peers drop the message or response.
  const std::string message(absl::StripAsciiWhitespace(
      SanitizeText(status.message(), kMaxStatusMessageBytes)));
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), message,
                      BoundedDetails(status, message));
}

absl::Status AddCallInfo(const CallRecord& record, absl::Status status) {
  if (!GetDetail<google::rpc::ErrorInfo>(status).has_value()) return status;
  SetMetadata("gateway_request_id", record.request_id, status);
  if (record.method == MethodOf<v1::CreateAndWaitRequest>() &&
      !record.prediction_id.empty()) {
    SetMetadata("prediction_id", record.prediction_id, status);
  }
  return status;
}

}  // namespace wriftai
