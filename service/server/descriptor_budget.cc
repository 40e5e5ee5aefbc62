#include "service/server/descriptor_budget.h"

#include <sys/resource.h>

#include <algorithm>

namespace wriftai {
namespace {

constexpr size_t kMinPart = 2;

size_t Part(size_t wanted, size_t most) {
  return std::min(wanted, std::max(most, kMinPart));
}

}  // namespace

DescriptorBudget DivideDescriptors(size_t limit,
                                   const DescriptorBudget& wanted) {
  const size_t usable = limit - std::min(limit, kReservedDescriptors);
  DescriptorBudget budget;
  budget.health = Part(wanted.health, usable / 8);
  budget.operators = Part(wanted.operators, usable / 8);
  budget.webhooks = Part(wanted.webhooks, usable / 4);
  const size_t taken = budget.health + budget.operators + budget.webhooks;
  const size_t rest = usable - std::min(usable, taken);
  budget.upstream = Part(wanted.upstream, rest / 2);
  budget.callers = Part(wanted.callers, rest - std::min(rest, budget.upstream));
  return budget;
}

size_t RaiseFdLimit() {
  rlimit limit = {};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  if (limit.rlim_cur < limit.rlim_max) {
    const rlim_t before = limit.rlim_cur;
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = before;
  }
  return static_cast<size_t>(limit.rlim_cur);
}

}  // namespace wriftai
