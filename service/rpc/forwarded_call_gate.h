#ifndef WRIFTAI_SERVICE_RPC_FORWARDED_CALL_GATE_H_
#define WRIFTAI_SERVICE_RPC_FORWARDED_CALL_GATE_H_

#include <cstdint>
#include <string>
#include <vector>

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

// In the place of `authorization` if the caller used the gateway's own token:
// the tags of that token and its predecessor, separated by commas. Another
// account's replica may have got the address of the owner.
inline constexpr char kOwnTagsKey[] = "wriftai-own-tags";

// Present with a create whose input its caller gave as a Value: it is forwarded
// as JSON text, but errors must name the field that the caller used.
inline constexpr char kInputIsValueKey[] = "wriftai-input-is-value";

// May be present with a Wait: when the prediction was created, as RFC 3339. A
// new owner then knows which page of the list shows it.
inline constexpr char kCreatedAtKey[] = "wriftai-created-at";

// In the trailing metadata: how long the call took at the owner, in
// microseconds. The rest of its duration is the cost of the hop.
inline constexpr char kOwnerTimeKey[] = "wriftai-owner-time";

// What the metadata of a forwarded call say.
struct ForwardedCallInfo {
  int64_t epoch = 0;
  std::vector<std::string> own_tags;
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

  // OK if this replica owns the credential under that epoch, and has one of the
  // own tokens if it is the gateway's.
  virtual absl::Status Check(const Credential& credential,
                             const ForwardedCallInfo& forwarded) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_FORWARDED_CALL_GATE_H_
