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

// For whom a call is made, and until when.
struct CallContext {
  std::shared_ptr<const Credential> credential;

  // On EventLoop::Now()'s clock. Nothing is sent once it has passed.
  absl::Time deadline = absl::InfiniteFuture();

  // Whether a read that fails in passing is tried again before `deadline`.
  bool retry_reads = true;

  // A place in the budget that has been granted already. Without one the call
  // waits for its own.
  Permit permit;

  // The caller's, where there is one and one alone; may be null.
  std::shared_ptr<CallTrace> trace;

  // What the call's messages take of a budget; a create holds it until it is
  // answered, also after its caller has left. May be null.
  std::shared_ptr<const void> memory;
};

// The upstream, one method for each of its operations on predictions.
//
// Threads: loop only. Arguments are taken by value. `done` runs on the loop,
// exactly once, never before the method has returned, and not at all once the
// handle has been destroyed. Fails: by the table of
// upstream/rest/http_status.h, with details, and RESOURCE_EXHAUSTED
// (BUDGET_EXHAUSTED) where the credential's budget does not reach the call in
// time.
class PredictionClient {
 public:
  using PredictionDone =
      absl::AnyInvocable<void(absl::StatusOr<v1::Prediction>)>;
  using PageDone = absl::AnyInvocable<void(absl::StatusOr<PredictionPage>)>;
  using CancelDone = absl::AnyInvocable<void(absl::Status)>;

  virtual ~PredictionClient() = default;

  // `id` is a UUID.
  [[nodiscard]] virtual CallHandle Get(CallContext context, std::string id,
                                       PredictionDone done) = 0;

  // Sends at most one POST, ever. When it may have arrived and no answer came
  // back: UNKNOWN with reason CREATE_OUTCOME_UNKNOWN.
  [[nodiscard]] virtual CallHandle Create(CallContext context,
                                          CreateParams params,
                                          PredictionDone done) = 0;

  [[nodiscard]] virtual CallHandle List(CallContext context, ListParams params,
                                        PageDone done) = 0;

  // OK: the upstream has taken note. Not retried.
  [[nodiscard]] virtual CallHandle Cancel(CallContext context, std::string id,
                                          CancelDone done) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_PREDICTION_CLIENT_H_
