#ifndef WRIFTAI_TESTS_CLIENT_FAKE_HEALTH_H_
#define WRIFTAI_TESTS_CLIENT_FAKE_HEALTH_H_

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "grpc/health/v1/health.grpc.pb.h"

namespace wriftai::client {

// A real gRPC server that serves only grpc.health.v1: `status` for the service
// "known", NOT_FOUND for all others.
//
// Threads: any. Owns: the server. Fails: never.
class FakeHealth : public grpc::health::v1::Health::CallbackService {
 public:
  using Response = grpc::health::v1::HealthCheckResponse;

  explicit FakeHealth(Response::ServingStatus status) : status_(status) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }

  ~FakeHealth() override {
    server_->Shutdown(std::chrono::system_clock::now());
    server_->Wait();
  }

  std::string address() const { return absl::StrCat("127.0.0.1:", port_); }

 private:
  grpc::ServerUnaryReactor* Check(
      grpc::CallbackServerContext* context,
      const grpc::health::v1::HealthCheckRequest* request,
      Response* response) override {
    response->set_status(status_);
    grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
    reactor->Finish(request->service() == "known"
                        ? grpc::Status::OK
                        : grpc::Status(grpc::StatusCode::NOT_FOUND, "unknown"));
    return reactor;
  }

  const Response::ServingStatus status_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_TESTS_CLIENT_FAKE_HEALTH_H_
