#ifndef WRIFTAI_TESTS_BENCH_PEERS_BARE_BARE_SERVER_H_
#define WRIFTAI_TESTS_BENCH_PEERS_BARE_BARE_SERVER_H_

#include <grpcpp/grpcpp.h>

#include <iostream>
#include <memory>

namespace wriftai::bench {

// Serves `service` on a free port of 127.0.0.1, and prints the line that the
// benchmark waits for. Null if the server cannot start.
inline std::unique_ptr<grpc::Server> StartServer(grpc::Service& service) {
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                           &port);
  builder.RegisterService(&service);
  std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server != nullptr) {
    std::cout << "gRPC listens on 127.0.0.1:" << port << std::endl;
  }
  return server;
}

}  // namespace wriftai::bench

#endif  // WRIFTAI_TESTS_BENCH_PEERS_BARE_BARE_SERVER_H_
