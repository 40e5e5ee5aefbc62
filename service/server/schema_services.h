#ifndef WRIFTAI_SERVICE_SERVER_SCHEMA_SERVICES_H_
#define WRIFTAI_SERVICE_SERVER_SCHEMA_SERVICES_H_

#include <atomic>
#include <memory>

#include "grpcpp/generic/async_generic_service.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/grpcpp.h"

namespace wriftai {

// gRPC's own services for tools, reflection and channelz, with bounds that they
// lack: they make a message of 16 MiB of unknown fields, which takes half a
// gigabyte, and hold a thread for each stream, for as long as a client likes.
// They run in a server of their own that has no port. This takes the bytes of
// each request, one of a few kilobytes, and hands them on as a call that ends.
//
// Threads: any. Owns: that server. Fails: never; a call with its status.
class SchemaServices : public grpc::CallbackGenericService {
 public:
  // Of both: a request names a symbol, a file or a page.
  static constexpr size_t kMaxRequestBytes = 4096;

  // Streams at a time: an answer that nobody reads takes up to 100 kB.
  static constexpr int kMaxStreams = 100;

  // `channelz`: whether it is served, too.
  explicit SchemaServices(bool channelz);
  ~SchemaServices() override;

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override;

 private:
  class Exchange;
  class Refusal;

  // What reflection lists.
  std::unique_ptr<grpc::Service> listed_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<grpc::GenericStub> stub_;
  std::atomic<int> streams_{0};
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_SCHEMA_SERVICES_H_
