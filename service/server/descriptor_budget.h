#ifndef WRIFTAI_SERVICE_SERVER_DESCRIPTOR_BUDGET_H_
#define WRIFTAI_SERVICE_SERVER_DESCRIPTOR_BUDGET_H_

#include <cstddef>

namespace wriftai {

// The maximum number of connections of each kind. Together with the other
// descriptors of the process they stay below its descriptor limit: without free
// descriptors, it can neither call the upstream nor reload its token.
struct DescriptorBudget {
  size_t upstream = 0;
  size_t callers = 0;  // The gRPC port.
  size_t health = 0;   // The health port.
  size_t admin = 0;    // The admin port.
  size_t webhooks = 0;
  size_t peers = 0;  // From and to other replicas.
};

// Descriptors for everything else: standard streams, listening sockets, epoll
// and event descriptors, TLS and token files, and DNS lookups. An idle process
// with TLS and all ports has 33.
inline constexpr size_t kReservedDescriptors = 48;

// Divides `limit` minus the reserved descriptors, granting at most `requested`.
// Webhooks get at most a quarter, health, admin and peers an eighth each. The
// upstream gets at most half of the remainder, callers the rest. Each requested
// part is at least 2, so the gateway still works under the lowest limit it
// starts with.
DescriptorBudget DivideDescriptors(size_t limit,
                                   const DescriptorBudget& requested);

// Raises the soft descriptor limit of this process to the hard limit, and
// returns it. The usual soft limit of 1024 protects programs that use select(),
// which this one does not.
size_t RaiseFdLimit();

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_DESCRIPTOR_BUDGET_H_
