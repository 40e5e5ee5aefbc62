#ifndef WRIFTAI_UPSTREAM_WATCH_POLL_TRACE_H_
#define WRIFTAI_UPSTREAM_WATCH_POLL_TRACE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/credential.h"
#include "upstream/budget/budget.h"
#include "upstream/watch/snapshot.h"

namespace wriftai {

// Why the next poll of a prediction is due when it is.
enum class PollReason {
  kNone,            // No poll: no waiter is left, or it has ended.
  kInFlight,        // A GET is in flight.
  kFirst,           // No state is known yet.
  kInterval,        // The poll interval.
  kWebhookActive,   // The longer interval while webhooks report changes.
  kOutput,          // A page showed its end; the output must be fetched.
  kBackoff,         // The last GET failed.
  kPageInFlight,    // A page in flight should show it.
  kCircuitBreaker,  // The upstream is considered down; probes replace polls.
  kHangingGets,     // Enough GETs without a response are in flight.
  kMaxInFlight,     // PollLoop's maximum of polls is in flight.
};

// How a poll asks for a prediction.
enum class PollKind { kGet, kPage };

// What happened to the polls of each prediction, for a log. It never gets a
// token or a payload to write: only `snapshot` has payloads, and its reader
// takes the status.
//
// Threads: loop. All arguments are valid only during the call.
class PollTrace {
 public:
  virtual ~PollTrace() = default;

  // The next poll changed: it is due after `due_in`. Infinite: when what
  // `reason` names has ended.
  virtual void OnPlanned(const Credential& credential, absl::string_view id,
                         PollReason reason, absl::Duration due_in) = 0;

  // A poll of the credential is due and has no permit. One is expected after
  // `expected_in` if no call goes first.
  virtual void OnBudgetWait(const Credential& credential,
                            const BudgetStats& budget,
                            absl::Duration expected_in) = 0;

  // The budget granted a permit, and a request for the prediction was sent,
  // `late` after it was due. A page is one request for many predictions.
  virtual void OnSent(const Credential& credential, absl::string_view id,
                      PollKind kind, absl::Duration late) = 0;

  virtual void OnResult(const Credential& credential, absl::string_view id,
                        PollKind kind, const absl::Status& status) = 0;

  // `waiters` of the prediction were notified of `snapshot`.
  virtual void OnNotified(const Credential& credential, absl::string_view id,
                          const Snapshot& snapshot, int64_t waiters) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_POLL_TRACE_H_
