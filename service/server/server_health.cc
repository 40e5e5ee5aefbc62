#include "service/server/server_health.h"

#include "proto/predictions.h"
#include "wriftai/predictions/v1/predictions.grpc.pb.h"

namespace wriftai {

void ServerHealth::Add(grpc::HealthCheckServiceInterface& service) {
  service.SetServingStatus(kUpstreamHealthName, true);
  service.SetServingStatus(v1::Predictions::service_full_name(), true);
  services_.push_back(&service);
}

void ServerHealth::SetUpstream(bool healthy) {
  for (auto* const service : services_) {
    service->SetServingStatus(kUpstreamHealthName, healthy);
  }
}

void ServerHealth::SetListening(bool listening) {
  for (auto* const service : services_) {
    service->SetServingStatus("", listening);
    service->SetServingStatus(v1::Predictions::service_full_name(), listening);
  }
}

void ServerHealth::BeginDrain() {
  for (auto* const service : services_) service->Shutdown();
}

}  // namespace wriftai
