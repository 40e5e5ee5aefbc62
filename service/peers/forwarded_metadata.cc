#include "service/peers/forwarded_metadata.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "service/rpc/forwarded_call_gate.h"
#include "service/telemetry/call_record.h"
#include "upstream/json/rfc3339.h"

namespace wriftai {

void AddForwardedMetadata(const PeerOwner& owner, const Credential& credential,
                          const CallTrace* trace, PeerRequest& request) {
  request.metadata.emplace_back(kEpochKey, absl::StrCat(owner.epoch));
  if (credential.outlives_tokens()) {
    request.metadata.emplace_back(kOwnTagsKey,
                                  absl::StrJoin(owner.own_tags, ","));
  } else {
    request.metadata.emplace_back(
        "authorization", absl::StrCat("Bearer ", credential.token().Reveal()));
  }
  if (trace == nullptr) return;
  if (!trace->request_id.empty()) {
    request.metadata.emplace_back(kRequestIdKey, trace->request_id);
  }
  if (!trace->traceparent.empty()) {
    request.metadata.emplace_back("traceparent", trace->traceparent);
  }
  if (!trace->tracestate.empty()) {
    request.metadata.emplace_back("tracestate", trace->tracestate);
  }
}

void AddCreationTime(absl::Time created, PeerRequest& request) {
  std::string text =
      absl::FormatTime("%E4Y-%m-%dT%H:%M:%E*SZ", created, absl::UTCTimeZone());
  if (!TimestampFromRfc3339(text).has_value()) return;
  request.metadata.emplace_back(kCreatedAtKey, std::move(text));
}

}  // namespace wriftai
