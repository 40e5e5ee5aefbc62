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

bool IsOwnerUnavailable(const absl::Status& status) {
  return !status.ok() && ReasonOf(status) == v1::OWNER_UNAVAILABLE;
}

}  // namespace

RoutedCallBase::RoutedCallBase(EventLoop& event_loop,
                               CredentialOwnership& ownership, All& all,
                               CallContext context, Repeat repeat)
    : event_loop_(event_loop),
      ownership_(ownership),
      all_(all),
      number_(all.next++),
      context_(std::move(context)),
      repeat_(repeat),
      search_until_(
          std::min(context_.deadline, event_loop.Now() + kMaxSearch)) {
  all_.calls.emplace(number_, this);
}

CallContext RoutedCallBase::StepContext() const {
  // Does not compile while it lacks a field.
  const auto& [credential, deadline, retry_reads, permit, trace, forwarded,
               memory] = context_;
  return {credential, deadline,  retry_reads, Permit(),
          trace,      forwarded, memory};
}

void RoutedCallBase::Start() {
  const absl::Status used = ownership_.Use(*context_.credential);
  if (used.ok()) return Route();
  timer_ = event_loop_.RunAt(event_loop_.Now(), [this, used] { Fail(used); });
}

void RoutedCallBase::Route() {
  StopSearch();
  timer_.reset();
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
  Search(search_until_);
  return true;
}

bool RoutedCallBase::GoesOnAfterForwarded(const absl::Status& status) {
  absl::Time until = search_until_;
  if (IsNotOwner(status)) {
    broken_until_ = absl::InfiniteFuture();
  } else if (IsOwnerUnavailable(status) && repeat_ != Repeat::kNever) {
    const absl::Time now = event_loop_.Now();
    broken_until_ = std::min(broken_until_, now + kMaxBrokenLink);
    until = std::min(broken_until_, context_.deadline);
    if (now + kLookInterval >= until) return false;
  } else {
    return false;
  }
  if (ownership_.IsOwnedHere(*context_.credential)) {
    Route();
  } else {
    ownership_.Search(*context_.credential);
    Search(until);
  }
  return true;
}

// A replica that is not certain of its tenure, or has just lost it, sends the
// call back at once, so the pause keeps the call from spinning. The search ends
// early enough for the caller to receive its error.
void RoutedCallBase::Search(absl::Time until) {
  forwarding_ = false;
  const absl::Time now = event_loop_.Now();
  if (now + kLookInterval >= until) {
    timer_ = event_loop_.RunAt(now, [this] {
      Fail(OwnerUnavailable("no replica serves the token at the moment"));
    });
    return;
  }
  all_.searching[context_.credential->key()].emplace(number_, this);
  timer_ = event_loop_.RunAt(now + kLookInterval, [this] { Route(); });
}

void RoutedCallBase::StopSearch() {
  const auto searching = all_.searching.find(context_.credential->key());
  if (searching == all_.searching.end()) return;
  searching->second.erase(number_);
  if (searching->second.empty()) all_.searching.erase(searching);
}

void RoutedCallBase::OnOwnerChanged(const std::string& credential_key,
                                    All& all) {
  const auto searching = all.searching.find(credential_key);
  if (searching == all.searching.end()) return;
  // None is destroyed meanwhile: no step ends while it starts.
  const Calls calls = searching->second;
  for (const auto& [number, call] : calls) call->Route();
}

void RoutedCallBase::OnEnded() {
  StopSearch();
  all_.calls.erase(number_);
}

void RoutedCallBase::Abort(const absl::Status& unsent) {
  step_.reset();
  timer_.reset();
  Fail(forwarding_ && repeat_ == Repeat::kIfUnsent
           ? ForwardedCreateUnknown(unsent.message())
           : unsent);
}

}  // namespace wriftai
