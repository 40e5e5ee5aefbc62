#ifndef WRIFTAI_SERVICE_ENGINE_OWNER_CALLS_H_
#define WRIFTAI_SERVICE_ENGINE_OWNER_CALLS_H_

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/credential.h"
#include "proto/predictions.h"
#include "upstream/prediction_calls.h"

namespace wriftai {

// Forwards calls, once each, to the replica that owns their credential.
//
// Threads: loop. It must outlive its calls. `done`: as of PredictionReader.
// Fails: as at the owner, with all details; UNAVAILABLE (OWNER_UNAVAILABLE) if
// the owner cannot be reached, or the link to it breaks; UNAVAILABLE
// (NOT_OWNER) if no other replica is known to own the credential, or it does
// not any more, and nothing was sent.
class OwnerCalls : public PredictionReader {
 public:
  using CancelDone = absl::AnyInvocable<void(absl::Status)>;

  [[nodiscard]] virtual CallHandle Cancel(CallContext context,
                                          const std::string& id,
                                          CancelDone done) = 0;

  // `request_id`: empty, or a UUID under which the owner creates once. Without
  // one, a create that the owner may have received before the link broke ends
  // UNKNOWN (CREATE_OUTCOME_UNKNOWN).
  [[nodiscard]] virtual CallHandle Create(CallContext context,
                                          const std::string& request_id,
                                          CreateParams params,
                                          PredictionDone done) = 0;
};

// Receives the updates of a Wait at the owner.
//
// Threads: the loop, never inside OwnerWaits::Start() or SetInterval(). Both
// methods may destroy the OwnerWait; OnEnd(), and OnUpdate() with a terminal
// prediction, are the last call.
class OwnerWaitObserver {
 public:
  virtual ~OwnerWaitObserver() = default;

  // Payloads are JSON text. `observed_at` is by the owner's clock.
  virtual void OnUpdate(v1::PredictionUpdate update) = 0;

  // The stream has ended before the prediction. UNAVAILABLE (NOT_OWNER,
  // OWNER_UNAVAILABLE, DRAINING, STREAM_AGE_REACHED) and DEADLINE_EXCEEDED
  // (MAX_WAIT_EXCEEDED): start another one, at the owner of that time. Others
  // are the owner's error, never OK.
  virtual void OnEnd(const absl::Status& status) = 0;
};

// A Wait at the owner of a credential. Destroying it cancels the Wait.
class OwnerWait {
 public:
  virtual ~OwnerWait() = default;

  // Another poll interval. No state is lost. Not after the last call of the
  // observer.
  virtual void SetInterval(absl::Duration interval) = 0;
};

// Starts Waits at the owners of credentials.
//
// Threads: loop. It must outlive its waits. Fails: through OnEnd().
class OwnerWaits {
 public:
  virtual ~OwnerWaits() = default;

  // Waits for the prediction `id`, a UUID, at the credential's present owner.
  // `created`: by it the owner finds the prediction on the list; InfinitePast
  // if unknown.
  // `observer` must outlive the result. Null: no other replica owns it, as far
  // as this one knows.
  [[nodiscard]] virtual std::unique_ptr<OwnerWait> Start(
      const std::shared_ptr<const Credential>& credential,
      const std::string& id, absl::Time created, absl::Duration interval,
      OwnerWaitObserver& observer) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_OWNER_CALLS_H_
