#ifndef WRIFTAI_SERVICE_RPC_FORWARDED_CALL_GATE_H_
#define WRIFTAI_SERVICE_RPC_FORWARDED_CALL_GATE_H_

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/credential.h"
#include "service/telemetry/call_metadata.h"

// Calls that other replicas forward to the owner of their credential, by the
// public contract on a port of its own.

namespace wriftai {

// The metadata key of the epoch under which the caller knows the owner. It
// marks a call as forwarded on the port for replicas. On the public port it
// means nothing.
inline constexpr char kEpochKey[] = "wriftai-epoch";

// Present with a create whose input its caller gave as a Value: it is forwarded
// as JSON text, but errors must name the field that the caller used.
inline constexpr char kInputIsValueKey[] = "wriftai-input-is-value";

// May be present with a Wait: when the prediction was created, as RFC 3339. A
// new owner then knows which page of the list shows it.
inline constexpr char kCreatedAtKey[] = "wriftai-created-at";

// What the metadata of a forwarded call say.
struct ForwardedCallInfo {
  int64_t epoch = 0;
  bool input_is_value = false;
  absl::Time created = absl::InfinitePast();  // InfinitePast: unknown.
};

// INVALID_ARGUMENT unless there is exactly one epoch, a positive number, and at
// most one creation time, in the range of a Timestamp. Any thread.
absl::StatusOr<ForwardedCallInfo> ForwardedCallInfoFrom(
    const CallMetadata& metadata);

// Decides whether this replica may run a forwarded call.
//
// Threads: loop. Fails: with NotOwnerError().
class ForwardedCallGate {
 public:
  virtual ~ForwardedCallGate() = default;

  // OK if this replica owns the credential under that epoch.
  virtual absl::Status Check(const Credential& credential, int64_t epoch) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_FORWARDED_CALL_GATE_H_
