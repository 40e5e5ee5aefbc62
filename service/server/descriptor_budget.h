#ifndef WRIFTAI_SERVICE_SERVER_DESCRIPTOR_BUDGET_H_
#define WRIFTAI_SERVICE_SERVER_DESCRIPTOR_BUDGET_H_

#include <cstddef>

namespace wriftai {

// How many connections of each kind may be open, so that all of them together,
// and what else the process opens, stay below its limit of file descriptors. A
// process that has run out of them can neither call the upstream nor read its
// token again.
struct DescriptorBudget {
  size_t upstream = 0;
  size_t callers = 0;    // The gRPC port.
  size_t health = 0;     // The health port.
  size_t operators = 0;  // The operators' port.
  size_t webhooks = 0;
};

// What else is open at the same time: the standard streams, the listening
// sockets, epoll and event descriptors, files of TLS and tokens, and names that
// are looked up. 33 were counted at rest with TLS and all ports.
inline constexpr size_t kReservedDescriptors = 48;

// Parts of what `limit` leaves, and never more than wanted. The upstream has at
// most half of it, webhooks a quarter, health and operators an eighth each, and
// callers the rest. Who wants any has at least two, so that a limit under which
// the program just starts serves somebody.
DescriptorBudget DivideDescriptors(size_t limit,
                                   const DescriptorBudget& wanted);

// Raises the soft limit of this process to the hard one, once, and returns it.
// The usual soft limit of 1024 protects programs that use select(), which
// nothing here does; the hard one is what the operator allows.
size_t RaiseFdLimit();

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_SERVER_DESCRIPTOR_BUDGET_H_
