#ifndef WRIFTAI_SERVICE_STREAMS_STREAM_SERVER_H_
#define WRIFTAI_SERVICE_STREAMS_STREAM_SERVER_H_

#include <list>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "grpc/grpc.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "service/streams/accepted_stream.h"
#include "service/streams/call_count.h"
#include "service/streams/call_queues.h"

namespace wriftai {

// Serves streaming methods of a C++ server on gRPC's core (see CallQueues). The
// C++ service must leave them out (WithGenericMethod_...), which requires that
// the server has a generic service. The process needs a SocketPoller.
//
// Threads: main; handlers run on threads of gRPC's executor. Owns: the queues
// and the posted requests. Must outlive the server, and everything
// that the handlers use must outlive Wait(). Fails: never.
class StreamServer {
 public:
  // Passes the call to a reactor. Must not block.
  using Handler = absl::AnyInvocable<void(AcceptedStream stream) const>;

  StreamServer() = default;
  StreamServer(const StreamServer&) = delete;
  StreamServer& operator=(const StreamServer&) = delete;

  // Serves "/SERVICE/METHOD". Before BuildAndStart().
  void AddMethod(std::string path, Handler handler);

  // Starts the server with these methods. Once.
  std::unique_ptr<grpc::Server> BuildAndStart(grpc::ServerBuilder& builder);

  // After the server's Shutdown(): blocks until all calls have ended. Once.
  void Wait() { calls_.WaitForNone(); }

 private:
  class PreStart;
  static const bool hook_installed_;
  struct Request;
  struct Method {
    std::string path;
    Handler handler;
    void* registered;  // Owned by the server.
  };

  void Register(grpc_server* server);
  void RequestCall(const Method& method);

  CallQueues queues_;
  CallCount calls_;  // Posted requests and open calls.
  std::list<Method> methods_;
  grpc_server* server_ = nullptr;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_STREAMS_STREAM_SERVER_H_
