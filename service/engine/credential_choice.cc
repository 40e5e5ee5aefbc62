#include "service/engine/credential_choice.h"

#include "upstream/error_details.h"

namespace wriftai {

absl::StatusOr<std::shared_ptr<const Credential>> ChooseCredential(
    CredentialPolicy policy, std::shared_ptr<const Credential> callers,
    const std::shared_ptr<const GatewayCredential>& own) {
  switch (policy) {
    case CredentialPolicy::kCaller:
      if (callers != nullptr) return callers;
      break;
    case CredentialPolicy::kGateway:
      if (own != nullptr) return own;
      break;
    case CredentialPolicy::kCallerThenGateway:
      if (own != nullptr && (callers == nullptr || own->Matches(*callers))) {
        return own;
      }
      if (callers != nullptr) return callers;
      break;
  }
  return GatewayError(
      absl::StatusCode::kUnauthenticated, "NO_TOKEN",
      policy == CredentialPolicy::kGateway
          ? "no access token is configured for the gateway"
          : "the call requires metadata \"authorization: Bearer TOKEN\" with a "
            "WriftAI access token");
}

}  // namespace wriftai
