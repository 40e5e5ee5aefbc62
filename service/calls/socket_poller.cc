#include "service/calls/socket_poller.h"

#include "grpc/support/time.h"

namespace wriftai {

namespace {

// Until the queue shuts down.
void Run(grpc_completion_queue* queue) {
  for (;;) {
    const grpc_event event = grpc_completion_queue_next(
        queue, gpr_inf_future(GPR_CLOCK_REALTIME), nullptr);
    if (event.type == GRPC_QUEUE_SHUTDOWN) return;
    auto* const functor =
        static_cast<grpc_completion_queue_functor*>(event.tag);
    functor->functor_run(functor, event.success);
  }
}

}  // namespace

SocketPoller::SocketPoller() {
  grpc_init();
  queue_ = grpc_completion_queue_create_for_next(nullptr);
  thread_ = std::thread([queue = queue_] { Run(queue); });
}

SocketPoller::~SocketPoller() {
  grpc_completion_queue_shutdown(queue_);
  thread_.join();
  grpc_completion_queue_destroy(queue_);
  grpc_shutdown();
}

}  // namespace wriftai
