#include "service/peers/peer_status.h"

#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "google/protobuf/any.pb.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "service/rpc/grpc_status.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

template <typename Detail>
bool AddIfIs(const google::protobuf::Any& any, absl::Status& status) {
  if (any.type_url() !=
      absl::StrCat(kDetailTypePrefix, Detail::descriptor()->full_name())) {
    return false;
  }
  Detail detail;
  if (detail.ParseFromString(any.value())) SetDetail(detail, status);
  return true;
}

// The types that this gateway sends.
template <typename... Details>
void AddIfKnown(const google::protobuf::Any& any, absl::Status& status) {
  (void)(AddIfIs<Details>(any, status) || ...);
}

}  // namespace

absl::Status FromGrpcStatus(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  // Its code() is UNKNOWN for numbers that are not codes.
  const absl::Status raw(static_cast<absl::StatusCode>(status.error_code()),
                         "");
  absl::Status result(
      raw.code(), SanitizeText(status.error_message(), kMaxStatusMessageBytes));
  google::rpc::Status details;
  if (status.error_details().size() > kMaxStatusDetailBytes ||
      !details.ParseFromString(status.error_details())) {
    return result;
  }
  for (const google::protobuf::Any& any : details.details()) {
    AddIfKnown<google::rpc::ErrorInfo, google::rpc::BadRequest,
               google::rpc::RetryInfo, google::rpc::ResourceInfo,
               google::rpc::QuotaFailure, google::rpc::PreconditionFailure>(
        any, result);
  }
  return result;
}

bool IsFromOwner(const absl::Status& status) {
  return GetDetail<google::rpc::ErrorInfo>(status).has_value();
}

}  // namespace wriftai
