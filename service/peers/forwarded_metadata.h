#ifndef WRIFTAI_SERVICE_PEERS_FORWARDED_METADATA_H_
#define WRIFTAI_SERVICE_PEERS_FORWARDED_METADATA_H_

#include <cstdint>

#include "base/credential.h"
#include "service/peers/peer_request.h"
#include "upstream/call_trace.h"

namespace wriftai {

// Adds the metadata of a forwarded call: the owner's epoch, the token, and the
// request id and trace, so that its lines in both logs match. The gateway's own
// token never travels: the owner has it. `trace` may be null. Loop.
void AddForwardedMetadata(int64_t epoch, const Credential& credential,
                          const CallTrace* trace, PeerRequest& request);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_FORWARDED_METADATA_H_
