#ifndef WRIFTAI_SERVICE_ENGINE_CREDENTIAL_CHOICE_H_
#define WRIFTAI_SERVICE_ENGINE_CREDENTIAL_CHOICE_H_

#include <memory>

#include "absl/status/statusor.h"
#include "base/credential.h"
#include "service/engine/engine_options.h"
#include "service/engine/gateway_credential.h"

namespace wriftai {

// The credential for upstream requests. If the policy allows both, a caller
// that sends the gateway's own token gets the gateway's credential, so both
// share one budget. `caller` and `gateway` may be null. UNAUTHENTICATED if the
// policy leaves no credential. Loop thread.
absl::StatusOr<std::shared_ptr<const Credential>> ChooseCredential(
    CredentialPolicy policy, std::shared_ptr<const Credential> caller,
    const std::shared_ptr<const GatewayCredential>& gateway);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_CREDENTIAL_CHOICE_H_
