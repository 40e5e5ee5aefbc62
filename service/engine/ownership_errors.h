#ifndef WRIFTAI_SERVICE_ENGINE_OWNERSHIP_ERRORS_H_
#define WRIFTAI_SERVICE_ENGINE_OWNERSHIP_ERRORS_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

// Errors of calls whose credential another replica owns. All functions: any
// thread.

namespace wriftai {

// UNAVAILABLE (NOT_OWNER): nothing was sent.
absl::Status NotOwnerError();

// UNAVAILABLE (OWNER_UNAVAILABLE).
absl::Status OwnerUnavailable(absl::string_view message);

// UNKNOWN (CREATE_OUTCOME_UNKNOWN): the owner may have sent the create.
absl::Status ForwardedCreateUnknown(absl::string_view problem);

// UNAVAILABLE (STORE_DOWN, RetryInfo): a create with a request ID was not sent.
// `problem`: the store's.
absl::Status StoreDown(absl::string_view problem);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_OWNERSHIP_ERRORS_H_
