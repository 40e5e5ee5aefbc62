#ifndef WRIFTAI_SERVICE_TELEMETRY_CALL_METHOD_H_
#define WRIFTAI_SERVICE_TELEMETRY_CALL_METHOD_H_

#include <string>

#include "google/protobuf/descriptor.h"

namespace wriftai {

// An RPC, as the schema describes it. Ordered as in the schema.
using CallMethod = const google::protobuf::MethodDescriptor*;

// The service with all RPCs.
const google::protobuf::ServiceDescriptor& PredictionsService();

// The RPC that takes `request`, a message type of the service.
CallMethod MethodFor(const google::protobuf::Descriptor* request);

template <typename Request>
CallMethod MethodOf() {
  static const CallMethod method = MethodFor(Request::descriptor());
  return method;
}

// "wriftai.predictions.v1.Predictions/Get".
std::string FullName(CallMethod method);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TELEMETRY_CALL_METHOD_H_
