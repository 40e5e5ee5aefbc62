#ifndef WRIFTAI_SERVICE_CALLS_CALLER_TOKEN_H_
#define WRIFTAI_SERVICE_CALLS_CALLER_TOKEN_H_

#include <map>
#include <memory>

#include "absl/status/statusor.h"
#include "grpcpp/support/string_ref.h"
#include "service/config.h"
#include "service/own_credential.h"
#include "upstream/core/credential.h"

namespace wriftai {

using CallMetadata = std::multimap<grpc::string_ref, grpc::string_ref>;

// The credential of the call's `authorization` metadata; null where there is
// none. INVALID_ARGUMENT (field authorization) for anything but one "Bearer
// TOKEN" (RFC 6750) of at most 4,096 bytes of printable ASCII: a line break in
// it would be a header of its own upstream. Any thread.
absl::StatusOr<std::shared_ptr<const Credential>> CredentialFromMetadata(
    const CallMetadata& metadata);

// The credential to call the upstream with. Where both count, a caller that
// sends the gateway's own token gets the gateway's credential: the two are one
// consumer of its budget. `callers` and `own` may be null. UNAUTHENTICATED when
// the policy leaves none. Loop thread.
absl::StatusOr<std::shared_ptr<const Credential>> ChooseCredential(
    CredentialPolicy policy, std::shared_ptr<const Credential> callers,
    const std::shared_ptr<const OwnCredential>& own);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CALLS_CALLER_TOKEN_H_
