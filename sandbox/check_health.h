#ifndef WRIFTAI_SANDBOX_CHECK_HEALTH_H_
#define WRIFTAI_SANDBOX_CHECK_HEALTH_H_

#include <string>

#include "absl/status/status.h"

namespace wriftai::sandbox {

// Asks the sandbox that listens at `address` (host and port) whether it
// answers, for images that hold no other client. Blocks, for two seconds at the
// most. UNAVAILABLE: it does not, in one line.
absl::Status CheckHealth(const std::string& address);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_CHECK_HEALTH_H_
