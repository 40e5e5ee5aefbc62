#ifndef WRIFTAI_SERVICE_STREAMS_SOCKET_POLLER_H_
#define WRIFTAI_SERVICE_STREAMS_SOCKET_POLLER_H_

#include <thread>

#include "grpc/grpc.h"

namespace wriftai {

// A thread that is always ready to poll gRPC's sockets. gRPC has two for its
// C++ callback API. In gRPC 1.51, each of them sleeps for 100 ms whenever no
// operation of that API has completed for a second, as on a server whose only
// traffic are streams (CallbackAlternativeCQ). While both sleep, nothing is
// received. One per process is enough.
//
// Threads: any. Owns: the thread, and a queue without operations, whose poll
// covers all sockets of the process (gRPC's poller epoll1). Fails: never.
class SocketPoller {
 public:
  SocketPoller();
  ~SocketPoller();
  SocketPoller(const SocketPoller&) = delete;
  SocketPoller& operator=(const SocketPoller&) = delete;

 private:
  grpc_completion_queue* queue_;
  std::thread thread_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_STREAMS_SOCKET_POLLER_H_
