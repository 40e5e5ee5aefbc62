#include "service/engine/routed_call.h"

#include <algorithm>
#include <utility>

#include "service/engine/ownership_errors.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

// Only this replica's own errors: the upstream's have another domain, and
// PeerClient ends no call with another replica's.
bool IsNotOwner(const absl::Status& status) {
  return !status.ok() && ReasonOf(status) == v1::NOT_OWNER;
}

}  // namespace

RoutedCallBase::RoutedCallBase(EventLoop& event_loop,
                               CredentialOwnership& ownership, All& all,
                               CallContext context, bool sent_once)
    : event_loop_(event_loop),
      ownership_(ownership),
      all_(all),
      number_(all.next++),
      context_(std::move(context)),
      sent_once_(sent_once),
      search_until_(
          std::min(context_.deadline, event_loop.Now() + kMaxSearch)) {
  all_.calls.emplace(number_, this);
}

CallContext RoutedCallBase::StepContext() const {
  CallContext context;
  context.credential = context_.credential;
  context.deadline = context_.deadline;
  context.retry_reads = context_.retry_reads;
  context.trace = context_.trace;
  context.forwarded = context_.forwarded;
  context.memory = context_.memory;
  return context;
}

void RoutedCallBase::Start() {
  const absl::Status used = ownership_.Use(*context_.credential);
  if (used.ok()) return Route();
  timer_ = event_loop_.RunAt(event_loop_.Now(), [this, used] { Fail(used); });
}

void RoutedCallBase::Route() {
  forwarding_ = !ownership_.IsOwnedHere(*context_.credential);
  if (!forwarding_) {
    step_ = RunHere();
  } else if (!context_.forwarded) {
    step_ = Forward();
  } else {
    timer_ =
        event_loop_.RunAt(event_loop_.Now(), [this] { Fail(NotOwnerError()); });
  }
}

bool RoutedCallBase::GoesOnAfterHere(const absl::Status& status) {
  if (context_.forwarded || !IsNotOwner(status)) return false;
  RouteLater();
  return true;
}

bool RoutedCallBase::GoesOnAfterForwarded(const absl::Status& status) {
  if (!IsNotOwner(status)) return false;
  if (ownership_.IsOwnedHere(*context_.credential)) {
    Route();
  } else {
    RouteLater();
  }
  return true;
}

// A replica that is not certain of its tenure, or has just lost it, sends the
// call back at once, so the pause keeps the call from spinning.
void RoutedCallBase::RouteLater() {
  forwarding_ = false;
  const absl::Time next = event_loop_.Now() + kLookInterval;
  const absl::Time when = std::min(next, search_until_);
  timer_ = event_loop_.RunAt(when, [this, give_up = next > search_until_] {
    if (!give_up) return Route();
    Fail(OwnerUnavailable("no replica serves the token at the moment"));
  });
}

void RoutedCallBase::Abort(const absl::Status& unsent) {
  step_.reset();
  timer_.reset();
  Fail(forwarding_ && sent_once_ ? ForwardedCreateUnknown(unsent.message())
                                 : unsent);
}

}  // namespace wriftai
