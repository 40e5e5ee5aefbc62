#ifndef WRIFTAI_SERVICE_SERVER_DRAIN_H_
#define WRIFTAI_SERVICE_SERVER_DRAIN_H_

#include "absl/time/time.h"
#include "base/event_loop.h"
#include "service/engine/engine.h"
#include "service/server/grpc_server.h"
#include "service/telemetry/call_recorder.h"

namespace wriftai {

// Shuts down the gRPC server gracefully. Health becomes NOT_SERVING, and waits
// are redirected to other replicas. Running calls get nine tenths of the
// timeout to end, then an error; callers that do not read it are cut off. Once
// no calls are left, idle connections are closed.
//
// Threads: main. Engine, server, recorder and event loop must outlive it.
class ServerDrain {
 public:
  ServerDrain(Engine& engine, GrpcServer& server, const CallRecorder& recorder,
              EventLoop& event_loop, absl::Duration timeout);

  // Blocks until the server has stopped, within the timeout whatever the
  // callers do. Once.
  void Run();

  // When no call is in progress any more, by EventLoop::Now().
  absl::Time deadline() const;

 private:
  // On the loop.
  void Begin();
  void CloseIdleConnections();
  void End();

  Engine& engine_;
  GrpcServer& server_;
  const CallRecorder& recorder_;
  EventLoop& event_loop_;
  const absl::Duration timeout_;
  const absl::Time started_at_;
  TimerHandle close_connections_;
  TimerHandle close_idle_connections_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_DRAIN_H_
