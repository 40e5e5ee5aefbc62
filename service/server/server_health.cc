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
  MutexLock lock(mutex_);
  listening_ = listening;
  Report();
}

void ServerHealth::SetJoined(bool joined) {
  MutexLock lock(mutex_);
  joined_ = joined;
  Report();
}

void ServerHealth::Report() {
  const bool serving = listening_ && joined_;
  for (auto* const service : services_) {
    service->SetServingStatus("", serving);
    service->SetServingStatus(v1::Predictions::service_full_name(), serving);
  }
}

void ServerHealth::BeginDrain() {
  for (auto* const service : services_) service->Shutdown();
}

}  // namespace wriftai
