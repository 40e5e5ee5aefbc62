#include "service/peers/forwarded_metadata.h"

#include "absl/strings/str_cat.h"
#include "service/rpc/forwarded_call_gate.h"
#include "service/telemetry/call_record.h"

namespace wriftai {

void AddForwardedMetadata(int64_t epoch, const Credential& credential,
                          const CallTrace* trace, PeerRequest& request) {
  request.metadata.emplace_back(kEpochKey, absl::StrCat(epoch));
  if (!credential.outlives_tokens()) {
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

}  // namespace wriftai
