#ifndef WRIFTAI_SERVICE_CALLS_CALL_QUEUES_H_
#define WRIFTAI_SERVICE_CALLS_CALL_QUEUES_H_

#include <array>
#include <atomic>
#include <cstddef>

#include "grpc/grpc.h"

namespace wriftai {

// The completion queues of calls. They are of gRPC's callback type:
// they run the functor of a completed operation instead of queuing it, so no
// thread serves them. A functor that is marked inlineable runs on the thread
// that completed the operation while it is in a call of gRPC, others on a
// thread of gRPC's executor.
//
// Debian's gRPC is built with assertions. At each completion it searches the
// list of the queue's operations in progress, and each open call has one. On
// the single queue of the C++ callback API, the search costs 6 instructions per
// open call: four fifths of the cost of an update to 10,000 callers.
//
// Threads: any; the destructor once no operation is in progress and none will
// start. Owns: the queues. Fails: never.
class CallQueues {
 public:
  // A queue takes half a kilobyte. With 10,000 open calls, a search finds 40 of
  // them, at the cost of a lock.
  static constexpr size_t kQueues = 256;

  // What the queues are for. Calls that a client makes require a queue with a
  // set of sockets to poll, which stays empty: see MakeQueue().
  enum class Side { kServer, kClient };

  explicit CallQueues(Side side = Side::kServer);
  ~CallQueues();
  CallQueues(const CallQueues&) = delete;
  CallQueues& operator=(const CallQueues&) = delete;

  // The queue for the next call; each in turn.
  grpc_completion_queue* Next() {
    return calls_[next_.fetch_add(1, std::memory_order_relaxed) % kQueues];
  }

 private:
  std::array<grpc_completion_queue*, kQueues> calls_;
  std::atomic<size_t> next_{0};
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CALLS_CALL_QUEUES_H_
