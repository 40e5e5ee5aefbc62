#include "service/engine/wait_admission.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

// Drained waits retry within this time, spread evenly: 10,000 waits cause 2,000
// calls per second at the other replicas.
constexpr absl::Duration kDrainSpread = absl::Seconds(5);

// A credential may have this many times as many waits as are still free: four
// fifths of all if it is alone.
constexpr size_t kWaitShare = 4;

// The shortest retry delay for a wait that was rejected.
constexpr absl::Duration kMinWaitDelay = absl::Seconds(1);

// gRPC starts no streams on a connection that has reached its maximum age, so
// each stream has at least the grace before its connection is closed. The
// stream ends itself earlier, with a status. The rest of the grace is for the
// create before the wait. Streams that started together end spread out.
constexpr double kGraceFraction = 0.9;
constexpr double kStreamAgeSpread = 0.1;

}  // namespace

WaitAdmission::WaitAdmission(const Options& options,
                             const EventLoop& event_loop, Random& random)
    : max_wait_(options.max_wait),
      max_stream_age_(options.stream_grace * kGraceFraction),
      event_loop_(event_loop),
      random_(random),
      slots_(options.max_waits, kWaitShare) {}

absl::StatusOr<DynamicThresholdLimiter::Slot> WaitAdmission::Acquire(
    const Credential& credential) {
  if (absl::Status status = CheckServing(); !status.ok()) return status;
  if (auto slot = slots_.TryAcquire(credential.key())) return *std::move(slot);
  absl::Status status = GatewayError(
      absl::StatusCode::kResourceExhausted, v1::TOO_MANY_WAITS,
      absl::StrCat("too many concurrent waits for this token (",
                   slots_.held_by(credential.key()), "); retry later"));
  SetRetryDelay(kMinWaitDelay + kDrainSpread * random_.Uniform(), status);
  return status;
}

WatchOptions WaitAdmission::Bounded(WatchOptions options) {
  options.end_at = event_loop_.Now() + max_wait_;
  const absl::Time stream_end =
      event_loop_.Now() +
      max_stream_age_ * (1 - kStreamAgeSpread * random_.Uniform());
  if (stream_end < options.end_at) {
    options.end_at = stream_end;
    options.stream_age_limited = true;
  }
  return options;
}

absl::Status WaitAdmission::CheckServing() {
  return draining_ ? DrainStatus() : absl::OkStatus();
}

absl::Status WaitAdmission::DrainStatus() {
  absl::Status status = GatewayError(
      absl::StatusCode::kUnavailable, v1::DRAINING,
      "this gateway is shutting down; retry to reach another replica");
  SetRetryDelay(kDrainSpread * random_.Uniform(), status);
  return status;
}

}  // namespace wriftai
