#ifndef WRIFTAI_SERVICE_CONFIG_RULES_H_
#define WRIFTAI_SERVICE_CONFIG_RULES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/flag_set.h"
#include "service/config.h"

namespace wriftai {

// Whether settings that are good one by one work together. Pure, any thread.

// INVALID_ARGUMENT: settings that cannot work together, by their flags.
absl::Status CheckCombinations(const FlagSet& flags, const Config& config);

// Settings that can be meant as they are and are likely a mistake, or have no
// effect: a line each, without any secret.
std::vector<std::string> ConfigWarnings(const FlagSet& flags,
                                        const Config& config);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CONFIG_RULES_H_
