#include "service/calls/call_queues.h"

namespace wriftai {
namespace {

// gRPC calls it when a queue has shut down. Owns itself until then.
class ShutdownDone : public grpc_completion_queue_functor {
 public:
  ShutdownDone() : grpc_completion_queue_functor{Run, 0, 0, nullptr} {}

 private:
  static void Run(grpc_completion_queue_functor* functor, int /*ok*/) {
    delete static_cast<ShutdownDone*>(functor);
  }
};

// Does not poll sockets: SocketPoller and the threads of the C++ callback API
// do, for all of the process.
grpc_completion_queue* MakeQueue(CallQueues::Side side) {
  const grpc_completion_queue_attributes attributes = {
      GRPC_CQ_CURRENT_VERSION, GRPC_CQ_CALLBACK,
      side == CallQueues::Side::kServer ? GRPC_CQ_NON_POLLING
                                        : GRPC_CQ_NON_LISTENING,
      new ShutdownDone};
  return grpc_completion_queue_create(
      grpc_completion_queue_factory_lookup(&attributes), &attributes, nullptr);
}

}  // namespace

CallQueues::CallQueues(Side side) {
  grpc_init();
  for (grpc_completion_queue*& queue : calls_) queue = MakeQueue(side);
}

CallQueues::~CallQueues() {
  for (grpc_completion_queue* queue : calls_) {
    grpc_completion_queue_destroy(queue);
  }
  grpc_shutdown();
}

}  // namespace wriftai
