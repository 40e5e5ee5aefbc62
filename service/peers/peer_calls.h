#ifndef WRIFTAI_SERVICE_PEERS_PEER_CALLS_H_
#define WRIFTAI_SERVICE_PEERS_PEER_CALLS_H_

#include <memory>

#include "absl/functional/any_invocable.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/status.h"
#include "service/calls/call_count.h"
#include "service/calls/call_queues.h"
#include "service/peers/peer_request.h"

namespace wriftai {

// Makes calls to peers on gRPC's core: see CallQueues for the reason. A call
// costs no thread and one task on the loop for each message. The process must
// have a SocketPoller, which serves these connections, too.
//
// A callback runs on a thread of gRPC, or inside a method. It decodes, and
// returns a task that runs on the loop later, unless the handle has been
// destroyed. `on_message` and `on_end` may run at the same time, their tasks
// run in order. A callback is destroyed on the loop.
//
// Threads: loop. Owns: the queues. EventLoop must outlive it; handles must not.
// The destructor blocks until gRPC has ended the calls, which are cancelled by
// then. Fails: with the status of the call; UNAVAILABLE and others without
// details come from gRPC.
class PeerCalls {
 public:
  using OnResponse =
      absl::AnyInvocable<EventLoop::Task(const PeerResponse& response)>;
  using OnMessage =
      absl::AnyInvocable<EventLoop::Task(const grpc::ByteBuffer& message)>;
  using OnEnd = absl::AnyInvocable<EventLoop::Task(const grpc::Status& status)>;

  explicit PeerCalls(EventLoop& event_loop);
  ~PeerCalls();
  PeerCalls(const PeerCalls&) = delete;
  PeerCalls& operator=(const PeerCalls&) = delete;

  [[nodiscard]] CallHandle StartUnary(CoreChannel channel, PeerRequest request,
                                      OnResponse on_response);

  // A stream of responses. The next message is read once the task of the
  // previous one has run, so a stream has at most one of them here. `on_end`
  // comes last.
  [[nodiscard]] CallHandle StartStream(CoreChannel channel, PeerRequest request,
                                       OnMessage on_message, OnEnd on_end);

 private:
  class Handle;
  class PeerCall;
  class UnaryCall;
  class StreamCall;

  EventLoop& event_loop_;
  // Shared with calls that have ended on gRPC's side, but not on the loop.
  const std::shared_ptr<CallQueues> queues_;
  CallCount calls_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_PEER_CALLS_H_
