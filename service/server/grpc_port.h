#ifndef WRIFTAI_SERVICE_SERVER_GRPC_PORT_H_
#define WRIFTAI_SERVICE_SERVER_GRPC_PORT_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/listener_counters.h"
#include "grpcpp/grpcpp.h"
#include "service/server/grpc_listener.h"
#include "service/server/server_config.h"

namespace wriftai {

// A gRPC server with one port, whose connections the gateway accepts itself:
// see GrpcListener.
//
// Threads: main; any for the const methods. Owns: server and listener. The
// services of the server must outlive it. Fails: only Start().
class GrpcPort {
 public:
  GrpcPort() = default;
  ~GrpcPort() { Shutdown(absl::ZeroDuration()); }
  GrpcPort(const GrpcPort&) = delete;
  GrpcPort& operator=(const GrpcPort&) = delete;

  // Serves `builder`, which has no port yet. `start`: builds and starts the
  // server. INVALID_ARGUMENT: cannot listen on the address; names its flag.
  // Once.
  absl::Status Start(
      const GrpcListener::Options& options,
      const std::shared_ptr<grpc::ServerCredentials>& credentials,
      grpc::ServerBuilder& builder,
      absl::FunctionRef<std::unique_ptr<grpc::Server>()> start,
      ListenerCounters& counters);

  // HOST:PORT with the actual port; empty before Start().
  const std::string& address() const { return address_; }

  // Null before Start().
  grpc::Server* server() const { return server_.get(); }
  GrpcListener* listener() const { return listener_.get(); }

  // Stops accepting and blocks until the calls in progress have ended, at most
  // `grace`, or longer while a caller does not read. May be repeated.
  void Shutdown(absl::Duration grace);

  // Closes all connections.
  void CloseConnections() const;

 private:
  // In order of construction.
  std::unique_ptr<grpc::experimental::ExternalConnectionAcceptor> acceptor_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<GrpcListener> listener_;  // Calls the acceptor.
  std::string address_;
};

// Sets the limits and timeouts of `config` for the connections of a port.
void ApplyChannelArgs(const ServerConfig& config, grpc::ServerBuilder& builder);

// Removes plugins. Reflection and channelz register as plugins, which gRPC adds
// to every later server of the process.
class WithoutPlugins : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments* /*arguments*/) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>*
                         plugins) override {
    plugins->clear();
  }
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_GRPC_PORT_H_
