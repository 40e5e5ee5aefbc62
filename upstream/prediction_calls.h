#ifndef WRIFTAI_UPSTREAM_PREDICTION_CALLS_H_
#define WRIFTAI_UPSTREAM_PREDICTION_CALLS_H_

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

  // Whether another replica has forwarded the call. It then goes no further.
  bool forwarded = false;

  // Holds the memory budget of the call's messages. A create holds it until its
  // response, even after the caller cancels. May be null.
  std::shared_ptr<const void> memory;
};

using PredictionDone = absl::AnyInvocable<void(absl::StatusOr<v1::Prediction>)>;
using PageDone = absl::AnyInvocable<void(absl::StatusOr<PredictionPage>)>;

// Reads predictions from the upstream.
//
// Threads: loop only. Arguments are taken by value. `done` runs on the loop,
// exactly once, after the method has returned, and never after the handle is
// destroyed. Fails: by the table of upstream/rest/http_status.h, with details;
// RESOURCE_EXHAUSTED (BUDGET_EXHAUSTED) if the credential's budget has no
// permit before the deadline.
class PredictionReader {
 public:
  virtual ~PredictionReader() = default;

  // `id` is a UUID.
  [[nodiscard]] virtual CallHandle Get(CallContext context, std::string id,
                                       PredictionDone done) = 0;

  [[nodiscard]] virtual CallHandle List(CallContext context, ListParams params,
                                        PageDone done) = 0;
};

// Creates predictions.
//
// Threads, fails: as PredictionReader.
class PredictionCreator {
 public:
  virtual ~PredictionCreator() = default;

  // Sends at most one POST, ever. UNKNOWN (CREATE_OUTCOME_UNKNOWN) if it may
  // have arrived and no response came back.
  [[nodiscard]] virtual CallHandle Create(CallContext context,
                                          CreateParams params,
                                          PredictionDone done) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_PREDICTION_CALLS_H_
