#ifndef WRIFTAI_CLIENT_CALL_CONNECTION_H_
#define WRIFTAI_CLIENT_CALL_CONNECTION_H_

#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>

#include "absl/time/time.h"
#include "client/command.h"
#include "client/host.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "proto/predictions.h"
#include "wriftai/predictions/v1/predictions.grpc.pb.h"

namespace wriftai::client {

// A channel to the gateway, and the metadata of every call. Connects on the
// first call.
//
// Threads: one. Owns: the channel, the token. Fails: only its calls fail.
class Connection {
 public:
  // `clock` must outlive this.
  Connection(const ConnectionOptions& options, Clock& clock);

  v1::Predictions::Stub& stub() { return *stub_; }
  grpc::health::v1::Health::Stub& health_stub() { return *health_stub_; }

  // For one call. `deadline` is a time of `clock`; unset: no deadline.
  std::unique_ptr<grpc::ClientContext> NewContext(
      std::optional<absl::Time> deadline) const;

 private:
  const Secret token_;
  Clock& clock_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::Predictions::Stub> stub_;
  const std::unique_ptr<grpc::health::v1::Health::Stub> health_stub_;
};

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_CALL_CONNECTION_H_
