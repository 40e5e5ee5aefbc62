#ifndef WRIFTAI_SERVICE_CONNECTION_LIMITS_H_
#define WRIFTAI_SERVICE_CONNECTION_LIMITS_H_

#include "service/config.h"
#include "service/server/descriptor_budget.h"

namespace wriftai {

// Keeps the total of all connections below the limit of open files, which it
// raises first. Returns the maximum number of connections of each kind, reduces
// `config` to it, and logs a warning if that is less than `config` asks for.
DescriptorBudget LimitConnections(Config& config);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CONNECTION_LIMITS_H_
