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
#include "upstream/rest/http_status.h"
#include "upstream/rest/upstream_health.h"
#include "upstream/retry_policy.h"

namespace wriftai {

// One call to the upstream until its response: waits for its place in the
// budget, sends the request, tries a read again where that may help (each
// attempt has a place of its own), and gives up at the deadline. Each attempt
// has the token that the credential has then; one that is refused while it is
// being rotated is sent again, once, with the new one: a refused request has
// done nothing, so that this holds for creates, too. Destroying it cancels.
//
// Threads: loop. Owns: the request, the attempt under way, the timer of the
// next. EventLoop, transport, random and health must outlive it. Fails: through
// `done`, once, by the table of http_status.h or as Budget::Acquire(); `done`
// gets 2xx responses alone.
class RestCall : public Call {
 public:
  using Done = absl::AnyInvocable<void(absl::StatusOr<HttpResponse>)>;

  struct Options {
    std::shared_ptr<const Credential> credential;
    UpstreamHealth* health = nullptr;  // Told how each attempt ends; or null.
    CallSubject subject;
    absl::Time deadline = absl::InfiniteFuture();  // EventLoop::Now()'s clock.
    int max_attempts = 1;
    Backoff backoff;
    std::shared_ptr<CallTrace> trace;  // Told of each attempt; may be null.
  };

  // `request.timeout` is what one attempt may take, the deadline aside.
  // `permit`: for the first attempt, where the caller has one.
  RestCall(EventLoop& event_loop, HttpTransport& transport, Random& random,
           std::shared_ptr<Budget> budget, Permit permit, HttpRequest request,
           Options options, Done done);

  // Ends it now: with `unsent`, or as a broken connection would where a create
  // may have arrived. May destroy this.
  void Abort(const absl::Status& unsent);

 private:
  void Attempt();
  void SendWith(Permit permit);
  void OnResult(HttpResult result, bool by_deadline);
  bool WasRotated(const absl::Status& status);
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
  CallHandle admission_;
  Permit permit_;  // While an attempt is under way.
  CallHandle attempt_;
  TimerHandle timer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_REST_REST_CALL_H_
