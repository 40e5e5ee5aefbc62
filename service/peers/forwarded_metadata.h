#ifndef WRIFTAI_SERVICE_PEERS_FORWARDED_METADATA_H_
#define WRIFTAI_SERVICE_PEERS_FORWARDED_METADATA_H_

#include "absl/time/time.h"
#include "base/credential.h"
#include "service/peers/owner_directory.h"
#include "service/peers/peer_request.h"
#include "upstream/call_trace.h"

namespace wriftai {

// Adds the metadata of a forwarded call: the owner's epoch, the token, and the
// request id and trace, so that its lines in both logs match. The gateway's own
// token never travels: the owner has it, and compares its tags. `trace` may be
// null. Loop.
void AddForwardedMetadata(const PeerOwner& owner, const Credential& credential,
                          const CallTrace* trace, PeerRequest& request);

// Adds the creation time of a Wait's prediction, if it is known: neither
// InfinitePast nor out of the range of a Timestamp, which the owner rejects.
// Any thread.
void AddCreationTime(absl::Time created, PeerRequest& request);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_FORWARDED_METADATA_H_
