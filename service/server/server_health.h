#ifndef WRIFTAI_SERVICE_SERVER_SERVER_HEALTH_H_
#define WRIFTAI_SERVICE_SERVER_SERVER_HEALTH_H_

#include <vector>

#include "grpcpp/health_check_service_interface.h"

namespace wriftai {

// The name under which grpc.health.v1 tells of the upstream.
inline constexpr char kUpstreamHealthName[] = "wriftai.v1.Upstream";

// What grpc.health.v1 says, the same on every port: for the process (the empty
// name), for the service, and for the upstream. The first two follow this
// process and its drain alone: an upstream that is down meets every replica at
// once, and taking them all out of service would help nobody.
//
// Threads: Add() before the others, which are any's. The services must outlive
// the last call. Fails: never.
class ServerHealth {
 public:
  // One more port, on which all is well from now on.
  void Add(grpc::HealthCheckServiceInterface& service);

  void SetUpstream(bool healthy);

  // Whether the gRPC port answers: NOT_SERVING for the process and the service
  // while it does not, on the health port, too.
  void SetListening(bool listening);

  // NOT_SERVING for all names and for good.
  void BeginDrain();

 private:
  std::vector<grpc::HealthCheckServiceInterface*> services_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_SERVER_HEALTH_H_
