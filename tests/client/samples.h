#ifndef WRIFTAI_TESTS_CLIENT_SAMPLES_H_
#define WRIFTAI_TESTS_CLIENT_SAMPLES_H_

#include <grpcpp/grpcpp.h>

#include <string>

#include "google/protobuf/message.h"
#include "google/rpc/status.pb.h"
#include "proto/predictions.h"

// Sample responses of a gateway.

namespace wriftai::client {

inline constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";

inline v1::Prediction SamplePrediction(v1::PredictionStatus status,
                                       const std::string& output_json = "") {
  v1::Prediction prediction;
  prediction.set_id(kId);
  prediction.set_status(status);
  prediction.mutable_model()->set_owner("deepseek-ai");
  prediction.mutable_model()->set_name("deepseek-r1");
  prediction.mutable_model()->set_version_number(1);
  prediction.mutable_created_at()->set_seconds(1755085724);
  prediction.mutable_created_at()->set_nanos(371093000);
  if (!output_json.empty()) prediction.set_output_json(output_json);
  return prediction;
}

inline v1::PredictionUpdate SampleUpdate(v1::PredictionStatus status,
                                         const std::string& output_json = "") {
  v1::PredictionUpdate update;
  *update.mutable_prediction() = SamplePrediction(status, output_json);
  update.set_source(v1::SOURCE_GET);
  update.mutable_interval()->set_seconds(1);
  return update;
}

inline v1::PredictionUpdate FailedUpdate() {
  v1::PredictionUpdate update =
      SampleUpdate(v1::PREDICTION_STATUS_FAILED, "null");
  update.mutable_prediction()->mutable_error()->set_source("external");
  update.mutable_prediction()->mutable_error()->set_message("out of memory");
  return update;
}

// A status with serialized details.
template <typename... Details>
grpc::Status ErrorWith(grpc::StatusCode code, const std::string& message,
                       const Details&... details) {
  google::rpc::Status status;
  status.set_code(code);
  status.set_message(message);
  (status.add_details()->PackFrom(details), ...);
  return grpc::Status(code, message, status.SerializeAsString());
}

}  // namespace wriftai::client

#endif  // WRIFTAI_TESTS_CLIENT_SAMPLES_H_
