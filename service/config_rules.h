#ifndef WRIFTAI_SERVICE_CONFIG_RULES_H_
#define WRIFTAI_SERVICE_CONFIG_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/flag_set.h"
#include "service/config.h"

namespace wriftai {

// Checks whether individually valid settings work together. Pure, any thread.

// INVALID_ARGUMENT: settings that cannot work together, named by their flags.
absl::Status CheckCombinations(const FlagSet& flags, const Config& config);

// Warnings about settings that are valid but likely a mistake, or that have no
// effect: one line each, without any secret.
std::vector<std::string> ConfigWarnings(const FlagSet& flags,
                                        const Config& config);

// Whether unauthenticated callers can use the gateway's token. The sandbox's
// token needs no protection.
bool LendsTokenToAnyone(const Config& config);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CONFIG_RULES_H_
