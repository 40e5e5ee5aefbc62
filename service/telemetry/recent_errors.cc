#include "service/telemetry/recent_errors.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/sanitize.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

bool AreSimilar(const FailedCall& a, const FailedCall& b) {
  const auto kind = [](const FailedCall& call) {
    return std::tie(call.method, call.code, call.reason, call.credential);
  };
  return kind(a) == kind(b);
}

std::string InvalidFields(const google::rpc::BadRequest& bad_request) {
  std::string fields;
  for (const auto& violation : bad_request.field_violations()) {
    absl::StrAppend(&fields, fields.empty() ? "" : ", ", violation.field());
  }
  return fields;
}

std::string OwnMessage(const google::rpc::ErrorInfo& info,
                       const absl::Status& status) {
  if (info.domain() != kGatewayDomain) {
    const auto http = info.metadata().find("http_status");
    return http == info.metadata().end()
               ? ""
               : absl::StrCat("WriftAI returned ", http->second);
  }
  // Only the gateway's errors name just fields of the schema: the upstream's
  // paths reach into the input.
  const auto bad_request = GetDetail<google::rpc::BadRequest>(status);
  return bad_request.has_value() ? InvalidFields(*bad_request)
                                 : std::string(status.message());
}

}  // namespace

FailedCall DescribeError(const absl::Status& status) {
  FailedCall call;
  call.code = status.code();
  if (const auto info = GetDetail<google::rpc::ErrorInfo>(status)) {
    call.reason = info->reason();
    call.message = OwnMessage(*info, status);
    call.upstream_request_id = MetadataOf("upstream_request_id", status);
  }
  return call;
}

void RecentErrors::Add(FailedCall call) {
  ++total_;
  for (std::string* const text :
       {&call.method, &call.reason, &call.message, &call.request_id,
        &call.upstream_request_id, &call.credential}) {
    *text = SanitizeAscii(*text);
  }
  const auto same = std::find_if(
      calls_.begin(), calls_.end(),
      [&](const FailedCall& kept) { return AreSimilar(kept, call); });
  if (same != calls_.end()) {
    call.count += same->count;
    calls_.erase(same);
  } else if (calls_.size() == kMaxEntries) {
    calls_.pop_back();
  }
  calls_.push_front(std::move(call));
}

void RecentErrors::Add(absl::Time wall_now, absl::string_view method,
                       absl::string_view credential,
                       const absl::Status& status) {
  if (status.ok() || absl::IsCancelled(status)) return;
  FailedCall call = DescribeError(status);
  call.time = wall_now;
  call.method = std::string(method);
  call.credential = std::string(credential);
  Add(std::move(call));
}

}  // namespace wriftai
