#ifndef WRIFTAI_SANDBOX_CHECK_HEALTH_H_
#define WRIFTAI_SANDBOX_CHECK_HEALTH_H_

#include <string>

#include "absl/status/status.h"

namespace wriftai::sandbox {

// Checks that a sandbox responds at `address` (host and port), for images
// without another client. Blocks for at most two seconds. UNAVAILABLE: it does
// not respond; the message is one line.
absl::Status CheckHealth(const std::string& address);

}  // namespace wriftai::sandbox

#endif  // WRIFTAI_SANDBOX_CHECK_HEALTH_H_
