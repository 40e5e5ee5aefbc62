#ifndef WRIFTAI_SERVICE_ENGINE_ROUTED_CALL_H_
#define WRIFTAI_SERVICE_ENGINE_ROUTED_CALL_H_

#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "service/engine/credential_ownership.h"
#include "upstream/prediction_calls.h"

namespace wriftai {

// Whether a call that another replica may have received is repeated when the
// link to it breaks.
enum class Repeat {
  kAlways,
  kNever,
  // A create that must not run twice. OwnerCalls says whether it was sent.
  kIfUnsent,
};

// The part of a RoutedCall that does not depend on its result.
//
// Threads: loop. Owns: the current step. EventLoop, ownership and the set of
// all calls must outlive it.
class RoutedCallBase : public Call {
 public:
  // By number, so in the order of their start.
  using Calls = std::map<uint64_t, RoutedCallBase*>;
  struct All {
    Calls calls;
    // By the credential's key: those that look for its owner.
    std::map<std::string, Calls> searching;
    uint64_t next = 0;
  };

  // How often it looks for the owner, which may be this replica.
  static constexpr absl::Duration kLookInterval = absl::Milliseconds(100);

  // For how long: as long as a call waits for the budget of its token.
  static constexpr absl::Duration kMaxSearch = absl::Seconds(30);

  // For how long it repeats a call while the link to the owner is broken: as
  // long as gRPC tries to connect, see PeerChannels.
  static constexpr absl::Duration kMaxBrokenLink = absl::Seconds(2);

  ~RoutedCallBase() override { OnEnded(); }

  // The calls of the credential that look for its owner do so now.
  static void OnOwnerChanged(const std::string& credential_key, All& all);

  // Starts the first step. Once.
  void Start();

  // Ends the call now, with `unsent`, unless it is a create that another
  // replica may have sent: its outcome is unknown. Requests of this replica's
  // own client are to be aborted before. May destroy this.
  void Abort(const absl::Status& unsent);

 protected:
  // It is one of `all` until it ends or is destroyed.
  RoutedCallBase(EventLoop& event_loop, CredentialOwnership& ownership,
                 All& all, CallContext context, Repeat repeat);

  // A context for one step. Its permit is empty.
  CallContext StepContext() const;

  // Run the call, and report its end with OnHereEnded() or OnForwardedEnded().
  // Each may be called several times, after the former step has ended.
  virtual CallHandle RunHere() = 0;
  virtual CallHandle Forward() = 0;
  // Ends the call. May destroy this.
  virtual void Fail(absl::Status status) = 0;

  // Whether a step that ended with `status` has not ended the call, which goes
  // on.
  bool GoesOnAfterHere(const absl::Status& status);
  bool GoesOnAfterForwarded(const absl::Status& status);

  // The call has its result. Its owner may keep it for a while.
  void OnEnded();

 private:
  void Route();
  void Search(absl::Time until);
  void StopSearch();

  EventLoop& event_loop_;
  CredentialOwnership& ownership_;
  All& all_;
  const uint64_t number_;
  const CallContext context_;
  const Repeat repeat_;
  const absl::Time search_until_;
  absl::Time broken_until_ = absl::InfiniteFuture();
  bool forwarding_ = false;
  CallHandle step_;
  TimerHandle timer_;
};

// A call that runs here while this replica owns its credential, and is
// forwarded to the owner otherwise. If the credential is lost before anything
// was sent, or gained before it was forwarded, the call moves. While no
// replica owns the credential, or the one that was asked does not own it any
// more, it looks again every kLookInterval, and whenever the owner changes. It
// ends UNAVAILABLE (OWNER_UNAVAILABLE) if no replica has served it by its
// deadline, or within kMaxSearch. A call that another replica has forwarded
// only runs here, or ends UNAVAILABLE (NOT_OWNER).
//
// A broken link to the owner:
//
// - Get, List, and Create with a request ID are repeated for
//   kMaxBrokenLink, and then end UNAVAILABLE (OWNER_UNAVAILABLE).
// - Cancel ends UNAVAILABLE (OWNER_UNAVAILABLE).
// - Create without a request ID is UNKNOWN (CREATE_OUTCOME_UNKNOWN), unless the
//   link broke before the owner could receive it. It is then repeated.
//
// Destroying it drops the call: nothing is sent any more, and no callback runs.
//
// Threads: loop. Owns: the current step. Fails: through `done`, as the step.
template <typename Result>
class RoutedCall final : public RoutedCallBase {
 public:
  using Done = absl::AnyInvocable<void(Result)>;
  // One step. Called again if the call moves.
  using Step = absl::AnyInvocable<CallHandle(CallContext context, Done done)>;

  // `done` runs once, from the loop, and may destroy this.
  RoutedCall(EventLoop& event_loop, CredentialOwnership& ownership, All& all,
             CallContext context, Repeat repeat, Step here, Step forward,
             Done done)
      : RoutedCallBase(event_loop, ownership, all, std::move(context), repeat),
        here_(std::move(here)),
        forward_(std::move(forward)),
        done_(std::move(done)) {}

 private:
  static const absl::Status& StatusOf(const absl::Status& result) {
    return result;
  }
  template <typename T>
  static const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
    return result.status();
  }

  CallHandle RunHere() override {
    return here_(StepContext(), [this](Result result) {
      if (!GoesOnAfterHere(StatusOf(result))) Finish(std::move(result));
    });
  }
  CallHandle Forward() override {
    return forward_(StepContext(), [this](Result result) {
      if (!GoesOnAfterForwarded(StatusOf(result))) Finish(std::move(result));
    });
  }
  void Fail(absl::Status status) override { Finish(std::move(status)); }

  void Finish(Result result) {
    OnEnded();
    Done done = std::move(done_);
    done(std::move(result));
  }

  Step here_;
  Step forward_;
  Done done_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_ROUTED_CALL_H_
