#include "service/streams/socket_poller.h"

#include "grpc/support/time.h"

namespace wriftai {

SocketPoller::SocketPoller() {
  grpc_init();
  queue_ = grpc_completion_queue_create_for_next(nullptr);
  thread_ = std::thread([queue = queue_] {
    // Returns only when the queue shuts down.
    grpc_completion_queue_next(queue, gpr_inf_future(GPR_CLOCK_REALTIME),
                               nullptr);
  });
}

SocketPoller::~SocketPoller() {
  grpc_completion_queue_shutdown(queue_);
  thread_.join();
  grpc_completion_queue_destroy(queue_);
  grpc_shutdown();
}

}  // namespace wriftai
