#ifndef WRIFTAI_SERVICE_CALLS_CALLER_TOKEN_H_
#define WRIFTAI_SERVICE_CALLS_CALLER_TOKEN_H_

#include <map>
#include <memory>

#include "absl/status/statusor.h"
#include "grpcpp/support/string_ref.h"
#include "upstream/core/credential.h"

namespace wriftai {

using CallMetadata = std::multimap<grpc::string_ref, grpc::string_ref>;

// The credential of the call's `authorization` metadata; null where there is
// none. INVALID_ARGUMENT (field authorization) for anything but one "Bearer
// TOKEN" (RFC 6750) of at most 4,096 bytes of printable ASCII: a line break in
// it would be a header of its own upstream. Any thread.
absl::StatusOr<std::shared_ptr<const Credential>> CredentialFromMetadata(
    const CallMetadata& metadata);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CALLS_CALLER_TOKEN_H_
