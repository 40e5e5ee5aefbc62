#include "service/etcd/etcd_status.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/sanitize.h"

namespace wriftai {
namespace {

// All errors that etcd maps begin with it.
constexpr absl::string_view kEtcdPrefix = "etcdserver: ";

constexpr absl::string_view kNoSpace =
    "etcdserver: mvcc: database space exceeded";

absl::StatusCode CodeOf(const grpc::Status& status) {
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) {
    return absl::StatusCode::kDeadlineExceeded;
  }
  if (!IsFromEtcd(status)) return absl::StatusCode::kUnavailable;
  switch (status.error_code()) {
    case grpc::StatusCode::INVALID_ARGUMENT:
    case grpc::StatusCode::NOT_FOUND:
    case grpc::StatusCode::FAILED_PRECONDITION:
    case grpc::StatusCode::OUT_OF_RANGE:
    case grpc::StatusCode::PERMISSION_DENIED:
    case grpc::StatusCode::UNAUTHENTICATED:
      return static_cast<absl::StatusCode>(status.error_code());
    case grpc::StatusCode::RESOURCE_EXHAUSTED:
      if (status.error_message() == kNoSpace) {
        return absl::StatusCode::kResourceExhausted;
      }
      return absl::StatusCode::kUnavailable;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

}  // namespace

bool IsFromEtcd(const grpc::Status& status) {
  return status.ok() || absl::StartsWith(status.error_message(), kEtcdPrefix);
}

absl::Status FromEtcd(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return {CodeOf(status),
          absl::StrCat("etcd: ", SanitizeAscii(status.error_message()))};
}

absl::Status MalformedResponse(absl::string_view what) {
  return absl::UnavailableError(
      absl::StrCat("etcd: malformed response: ", what));
}

}  // namespace wriftai
