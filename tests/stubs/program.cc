#include "wriftai/predictions/v1/predictions.grpc.pb.h"

namespace v1 = wriftai::predictions::v1;

bool HasSucceeded(v1::Predictions::Stub& predictions,
                  grpc::ClientContext& context) {
  v1::GetRequest request;
  request.set_payload_format(v1::PAYLOAD_FORMAT_JSON);
  v1::Prediction prediction;
  return predictions.Get(&context, request, &prediction).ok() &&
         prediction.status() == v1::PREDICTION_STATUS_SUCCEEDED;
}

bool IsRateLimited(const std::string& reason) {
  return reason == v1::ErrorReason_Name(v1::RATE_LIMITED);
}
