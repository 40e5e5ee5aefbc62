#ifndef WRIFTAI_UPSTREAM_PREDICTION_CLIENT_H_
#define WRIFTAI_UPSTREAM_PREDICTION_CLIENT_H_

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/credential.h"
#include "upstream/budget/permit.h"
#include "upstream/call_trace.h"
#include "upstream/prediction_params.h"

namespace wriftai {

// The credential, deadline and options of one call.
struct CallContext {
  std::shared_ptr<const Credential> credential;

  // On the clock of EventLoop::Now(). Nothing is sent after it.
  absl::Time deadline = absl::InfiniteFuture();

  // Whether to retry a read after a transient failure, until `deadline`.
  bool retry_reads = true;

  // A permit that was already acquired. If empty, the call acquires its own.
  Permit permit;

  // Null unless the call belongs to exactly one caller.
  std::shared_ptr<CallTrace> trace;

  // Holds the memory budget of the call's messages. A create holds it until its
  // response, even after the caller cancels. May be null.
  std::shared_ptr<const void> memory;
};

// Creates predictions. See PredictionClient.
class PredictionCreator {
 public:
  using PredictionDone =
      absl::AnyInvocable<void(absl::StatusOr<v1::Prediction>)>;

  virtual ~PredictionCreator() = default;

  // Sends at most one POST, ever. UNKNOWN (CREATE_OUTCOME_UNKNOWN) if it may
  // have arrived and no response came back.
  [[nodiscard]] virtual CallHandle Create(CallContext context,
                                          CreateParams params,
                                          PredictionDone done) = 0;
};

// The upstream, with one method per operation on predictions.
//
// Threads: loop only. Arguments are taken by value. `done` runs on the loop,
// exactly once, after the method has returned, and never after the handle is
// destroyed. Fails: by the table of upstream/rest/http_status.h, with details;
// RESOURCE_EXHAUSTED (BUDGET_EXHAUSTED) if the credential's budget has no
// permit before the deadline.
class PredictionClient : public PredictionCreator {
 public:
  using PageDone = absl::AnyInvocable<void(absl::StatusOr<PredictionPage>)>;
  using CancelDone = absl::AnyInvocable<void(absl::Status)>;

  // `id` is a UUID.
  [[nodiscard]] virtual CallHandle Get(CallContext context, std::string id,
                                       PredictionDone done) = 0;

  [[nodiscard]] virtual CallHandle List(CallContext context, ListParams params,
                                        PageDone done) = 0;

  // OK: the upstream accepted the cancellation. Not retried.
  [[nodiscard]] virtual CallHandle Cancel(CallContext context, std::string id,
                                          CancelDone done) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_PREDICTION_CLIENT_H_
