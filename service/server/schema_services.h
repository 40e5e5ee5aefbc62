#ifndef WRIFTAI_SERVICE_SERVER_SCHEMA_SERVICES_H_
#define WRIFTAI_SERVICE_SERVER_SCHEMA_SERVICES_H_

#include <atomic>
#include <memory>

#include "absl/base/call_once.h"
#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"

namespace wriftai {

// gRPC's reflection and channelz services with limits that they lack. By
// themselves they parse 16 MiB of unknown fields into half a gigabyte, and hold
// a thread for each stream as long as the client likes. Here they run in an
// in-process server without a port. Each request, of at most a few kilobytes,
// becomes a separate call to it with a deadline.
//
// The first such call starts the server: its thread polls the connections of
// the whole process, and would pass on what it receives for others.
//
// Threads: any. Owns: that server. Fails: never; calls fail with their status.
class SchemaServices : public grpc::CallbackGenericService {
 public:
  // A request names a symbol, a file or a page.
  static constexpr size_t kMaxRequestBytes = 4096;

  // Concurrent streams: an unread response takes up to 100 kB.
  static constexpr int kMaxStreams = 100;

  // `channelz`: whether to serve channelz as well.
  explicit SchemaServices(bool channelz);
  ~SchemaServices() override;

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  class Exchange;
  class Refusal;

  void StartServer();

  const bool channelz_;
  absl::once_flag started_;
  // Registered so that reflection lists it.
  std::unique_ptr<grpc::Service> listed_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<grpc::GenericStub> stub_;
  std::atomic<int> streams_{0};
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_SCHEMA_SERVICES_H_
