#ifndef WRIFTAI_SERVICE_CALLS_CALL_SERVER_H_
#define WRIFTAI_SERVICE_CALLS_CALL_SERVER_H_

#include <list>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "grpc/grpc.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "service/calls/accepted_call.h"
#include "service/calls/call_count.h"
#include "service/calls/call_queues.h"
#include "service/calls/send_thread.h"
#include "service/calls/socket_poller.h"

namespace wriftai {

// Serves methods of a C++ server on gRPC's core (see CallQueues), with one
// request per call. The server's C++ services must not have them, and it needs
// a generic service.
//
// The poller's thread accepts the calls, and the queues complete them on the
// thread that ends them: a call on the C++ callback API would wake one thread
// more for each.
//
// Threads: main; handlers run on the poller's thread. Owns: the poller, the
// thread for large sends, the queues and the posted requests. Must outlive the
// server, and everything that the handlers use must outlive Wait(). Fails:
// never.
class CallServer {
 public:
  // Passes the call to a reactor. Must not block.
  using Handler = absl::AnyInvocable<void(AcceptedCall call) const>;

  CallServer() = default;
  CallServer(const CallServer&) = delete;
  CallServer& operator=(const CallServer&) = delete;

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

  SocketPoller poller_;
  SendThread sends_;
  CallQueues queues_;
  CallCount calls_;  // Posted requests and open calls.
  std::list<Method> methods_;
  grpc_server* server_ = nullptr;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CALLS_CALL_SERVER_H_
