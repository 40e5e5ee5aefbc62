#ifndef WRIFTAI_SERVICE_CALLS_SOCKET_POLLER_H_
#define WRIFTAI_SERVICE_CALLS_SOCKET_POLLER_H_

#include <thread>

#include "grpc/grpc.h"

namespace wriftai {

// A thread that polls gRPC's sockets and accepts calls: it runs the functors of
// its queue's operations. gRPC has two for its C++ callback API. In gRPC 1.51,
// each of them sleeps for 100 ms whenever no operation of that API has
// completed for a second (CallbackAlternativeCQ). While both sleep, nothing is
// received. One per process is enough.
//
// Threads: any. Owns: the thread and the queue, whose poll covers all sockets
// of the process (gRPC's poller epoll1). Must outlive the servers that use the
// queue. Fails: never.
class SocketPoller {
 public:
  SocketPoller();
  ~SocketPoller();
  SocketPoller(const SocketPoller&) = delete;
  SocketPoller& operator=(const SocketPoller&) = delete;

  // For operations whose tags are functors, which must not block.
  grpc_completion_queue* queue() const { return queue_; }

 private:
  grpc_completion_queue* queue_;
  std::thread thread_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CALLS_SOCKET_POLLER_H_
