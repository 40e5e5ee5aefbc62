#include "service/telemetry/call_trace_attributes.h"

#include "proto/predictions.h"
#include "service/tracing/span_names.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

// OpenTelemetry's conventions for gRPC: the other codes are the caller's
// affair, and no error of the server.
bool IsServerError(absl::StatusCode code) {
  switch (code) {
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kUnimplemented:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDataLoss:
      return true;
    default:
      return false;
  }
}

}  // namespace

void EndSpan(const absl::Status& status, const CallRecord& record) {
  Span& span = record.span->span();
  span.Set("rpc.system", "grpc");
  span.Set("rpc.service", record.method->service()->full_name());
  span.Set("rpc.method", record.method->name());
  span.Set("rpc.grpc.status_code", static_cast<int>(status.code()));
  span.Set("client.address", record.peer);
  span.Set(kRequestIdAttribute, record.request_id);
  span.Set(kCredentialAttribute, record.credential);
  span.Set(kPredictionAttribute, record.prediction_id);
  span.Set(kModelAttribute, record.model);
  if (record.method->server_streaming()) {
    span.Set(kUpdatesAttribute, record.updates);
  }
  if (!status.ok()) {
    const v1::ErrorReason reason = ReasonOf(status);
    if (reason != v1::ERROR_REASON_UNSPECIFIED) {
      span.Set(kReasonAttribute, v1::ErrorReason_Name(reason));
    }
    if (IsServerError(status.code())) {
      span.Fail(absl::StatusCodeToString(status.code()));
    }
  }
  span.End();
}

}  // namespace wriftai
