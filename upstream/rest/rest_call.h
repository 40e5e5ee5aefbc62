#ifndef WRIFTAI_UPSTREAM_REST_REST_CALL_H_
#define WRIFTAI_UPSTREAM_REST_REST_CALL_H_

#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/credential.h"
#include "base/event_loop.h"
#include "base/random.h"
#include "upstream/budget/budget.h"
#include "upstream/budget/permit.h"
#include "upstream/call_trace.h"
#include "upstream/http/http_transport.h"
#include "upstream/request_spans.h"
#include "upstream/rest/http_status.h"
#include "upstream/rest/upstream_health.h"
#include "upstream/rest/upstream_stats.h"
#include "upstream/retry_policy.h"

namespace wriftai {

// One call to the upstream. Acquires a permit, sends the request, retries reads
// after outages, and ends at the deadline. Each attempt needs a permit, and
// uses the credential's current token. If a token is rejected but was rotated
// meanwhile, the request is sent once more with the new token. This is safe for
// creates, too: a rejected request has no effect. Destroying it cancels.
//
// Threads: loop. Owns: the request, the current attempt, the retry timer.
// EventLoop, transport, random, health and stats must outlive it. Fails:
// through `done`, once, by the table of http_status.h or as Budget::Acquire().
// `done` only gets 2xx responses.
class RestCall : public Call {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<HttpResponse>)>;

  struct Options {
    std::shared_ptr<const Credential> credential;
    UpstreamHealth* health = nullptr;  // Gets each result; may be null.
    UpstreamStats* stats = nullptr;    // Counts each attempt; may be null.
    CallSubject subject;
    absl::Time deadline = absl::InfiniteFuture();  // By EventLoop::Now().
    int max_attempts = 1;
    BackoffPolicy backoff;
    std::shared_ptr<CallTrace> trace;  // Records each attempt; may be null.
  };

  // `request.timeout`: for one attempt; the deadline may end it earlier.
  // `permit`: for the first attempt; may be empty.
  RestCall(EventLoop& event_loop, HttpTransport& transport, Random& random,
           std::shared_ptr<Budget> budget, Permit permit, HttpRequest request,
           Options options, Done done);
  ~RestCall() override { OnDropped(); }

  // Ends the call now: with `unsent`, or, for a create that may have arrived,
  // as after a lost connection. May destroy this.
  void Abort(const absl::Status& unsent);

 private:
  void Attempt();
  void SendWith(Permit permit);
  void OnResult(HttpResult result, bool by_deadline);
  void OnDropped();
  bool WasRotated(const absl::Status& status);
  // Null: the call is not recorded.
  RequestSpans* spans() const {
    return options_.trace == nullptr ? nullptr : options_.trace->spans.get();
  }
  void Finish(absl::StatusOr<HttpResponse> response);

  EventLoop& event_loop_;
  HttpTransport& transport_;
  Random& random_;
  const std::shared_ptr<Budget> budget_;  // Before the permit.
  const HttpRequest request_;
  const Options options_;
  Done done_;

  int attempts_ = 0;
  Secret sent_token_;
  bool sent_after_rotation_ = false;
  std::unique_ptr<StepSpan> permit_wait_span_;
  std::unique_ptr<RequestSpan> attempt_span_;
  CallHandle permit_wait_;
  Permit permit_;  // Of the current attempt.
  CallHandle attempt_;
  absl::Time sent_at_ = absl::InfiniteFuture();  // While an attempt is sent.
  TimerHandle timer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_REST_CALL_H_
