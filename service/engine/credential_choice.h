#ifndef WRIFTAI_SERVICE_ENGINE_CREDENTIAL_CHOICE_H_
#define WRIFTAI_SERVICE_ENGINE_CREDENTIAL_CHOICE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "base/credential.h"
#include "service/config.h"
#include "service/engine/gateway_credential.h"

namespace wriftai {

// The credential to call the upstream with. Where both count, a caller that
// sends the gateway's own token gets the gateway's credential: the two are one
// consumer of its budget. `callers` and `own` may be null. UNAUTHENTICATED when
// the policy leaves none. Loop thread.
absl::StatusOr<std::shared_ptr<const Credential>> ChooseCredential(
    CredentialPolicy policy, std::shared_ptr<const Credential> callers,
    const std::shared_ptr<const GatewayCredential>& own);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_CREDENTIAL_CHOICE_H_
