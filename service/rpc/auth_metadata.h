#ifndef WRIFTAI_SERVICE_RPC_AUTH_METADATA_H_
#define WRIFTAI_SERVICE_RPC_AUTH_METADATA_H_

#include <memory>

#include "absl/status/statusor.h"
#include "base/credential.h"
#include "service/telemetry/call_metadata.h"

namespace wriftai {

// The credential from the call's `authorization` metadata; null if absent.
// INVALID_ARGUMENT (field authorization) unless there is exactly one "Bearer
// TOKEN" (RFC 6750) of at most 4,096 bytes of printable ASCII: a line break
// would inject a header into upstream requests. Any thread.
absl::StatusOr<std::shared_ptr<const Credential>> CredentialFromMetadata(
    const CallMetadata& metadata);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_RPC_AUTH_METADATA_H_
