#ifndef WRIFTAI_SERVICE_CALLS_UNARY_REACTOR_H_
#define WRIFTAI_SERVICE_CALLS_UNARY_REACTOR_H_

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "grpcpp/support/server_callback.h"
#include "upstream/core/call.h"
#include "upstream/core/scheduler.h"

namespace wriftai {

// One unary call: runs its work on the loop, and finishes exactly once.
//
// gRPC's reactions come on its own threads and touch no field: they post. The
// last of them, OnDone, posts the deletion, which so runs after everything that
// could still name the object (the loop's inbox is first in, first out).
//
// Threads: made on any; fields on the loop. Owns: itself, and the work's
// handle: when the caller leaves, dropping it takes the call back upstream.
// `scheduler` must outlive it. Fails: through the call's status.
class UnaryReactor : public grpc::ServerUnaryReactor {
 public:
  // Ends the call. The response, where there is one, has been written before.
  // Exactly once, on the loop, and not from within Work itself.
  using Finish = absl::AnyInvocable<void(const absl::Status&)>;

  // Starts the work, on the loop. Once the returned handle is destroyed,
  // `finish` must no longer be called. Null with an error in `refused`: it
  // could not be started.
  using Work =
      absl::AnyInvocable<CallHandle(Finish finish, absl::Status& refused)>;

  // A reactor that does `work`.
  static UnaryReactor* Run(Scheduler& scheduler, Work work);

  // A reactor that ends at once.
  static UnaryReactor* Fail(Scheduler& scheduler, const absl::Status& status);

 private:
  explicit UnaryReactor(Scheduler& scheduler) : scheduler_(scheduler) {}

  void OnCancel() override;
  void OnDone() override;

  void Start(Work work);
  void End(const absl::Status& status);

  Scheduler& scheduler_;
  CallHandle work_;
  bool ended_ = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CALLS_UNARY_REACTOR_H_
