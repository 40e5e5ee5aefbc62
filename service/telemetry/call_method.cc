#include "service/telemetry/call_method.h"

#include <cassert>

#include "absl/strings/str_cat.h"
#include "proto/predictions.h"

namespace wriftai {

const google::protobuf::ServiceDescriptor& PredictionsService() {
  static const auto& service =
      *v1::Prediction::descriptor()->file()->FindServiceByName("Predictions");
  return service;
}

CallMethod MethodFor(const google::protobuf::Descriptor* request) {
  const auto& service = PredictionsService();
  for (int i = 0; i < service.method_count(); ++i) {
    if (service.method(i)->input_type() == request) return service.method(i);
  }
  assert(false);  // The request of another service.
  return nullptr;
}

std::string FullName(CallMethod method) {
  return absl::StrCat(method->service()->full_name(), "/", method->name());
}

}  // namespace wriftai
