#ifndef WRIFTAI_SERVICE_SERVER_SERVER_HEALTH_H_
#define WRIFTAI_SERVICE_SERVER_SERVER_HEALTH_H_

#include <vector>

#include "base/mutex.h"
#include "grpcpp/health_check_service_interface.h"

namespace wriftai {

// The grpc.health.v1 service name for the health of the upstream.
inline constexpr char kUpstreamHealthName[] = "wriftai.Upstream";

// The grpc.health.v1 statuses of the process (the empty name), the service and
// the upstream, the same on every port. The first two reflect only this process
// and its drain: an upstream outage hits every replica at once, and taking them
// all out of service would not help.
//
// Threads: any; Add() must come first. The services must outlive the last call.
// Fails: never.
class ServerHealth {
 public:
  // Adds a port and reports SERVING on it.
  void Add(grpc::HealthCheckServiceInterface& service);

  void SetUpstream(bool healthy);

  // Sets whether the gRPC port responds, and whether this replica has joined
  // its cluster. If not, the process and the service are NOT_SERVING, also on
  // the health port. Initially both are true.
  void SetListening(bool listening);
  void SetJoined(bool joined);

  // Permanently reports NOT_SERVING for all names.
  void BeginDrain();

 private:
  void Report() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  std::vector<grpc::HealthCheckServiceInterface*> services_;
  Mutex mutex_;
  bool listening_ ABSL_GUARDED_BY(mutex_) = true;
  bool joined_ ABSL_GUARDED_BY(mutex_) = true;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_SERVER_HEALTH_H_
