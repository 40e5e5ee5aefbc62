#include "service/engine/credential_choice.h"

#include "upstream/error_details.h"

namespace wriftai {

absl::StatusOr<std::shared_ptr<const Credential>> ChooseCredential(
    CredentialPolicy policy, std::shared_ptr<const Credential> caller,
    const std::shared_ptr<const GatewayCredential>& gateway) {
  switch (policy) {
    case CredentialPolicy::kCaller:
      if (caller != nullptr) return caller;
      break;
    case CredentialPolicy::kGateway:
      if (gateway != nullptr) return gateway;
      break;
    case CredentialPolicy::kCallerThenGateway:
      if (gateway != nullptr &&
          (caller == nullptr || gateway->Matches(*caller))) {
        return gateway;
      }
      if (caller != nullptr) return caller;
      break;
  }
  return GatewayError(
      absl::StatusCode::kUnauthenticated, v1::NO_TOKEN,
      policy == CredentialPolicy::kGateway
          ? "no access token is configured for the gateway"
          : "the call requires metadata \"authorization: Bearer TOKEN\" with a "
            "WriftAI access token");
}

}  // namespace wriftai
