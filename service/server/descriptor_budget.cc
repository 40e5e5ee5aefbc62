#include "service/server/descriptor_budget.h"

#include <sys/resource.h>

#include <algorithm>

namespace wriftai {
namespace {

constexpr size_t kMinPart = 2;

size_t Part(size_t requested, size_t max) {
  return std::min(requested, std::max(max, kMinPart));
}

}  // namespace

DescriptorBudget DivideDescriptors(size_t limit,
                                   const DescriptorBudget& requested) {
  const size_t usable = limit - std::min(limit, kReservedDescriptors);
  DescriptorBudget budget;
  budget.health = Part(requested.health, usable / 8);
  budget.admin = Part(requested.admin, usable / 8);
  budget.webhooks = Part(requested.webhooks, usable / 4);
  budget.peers = Part(requested.peers, usable / 8);
  const size_t granted =
      budget.health + budget.admin + budget.webhooks + budget.peers;
  const size_t rest = usable - std::min(usable, granted);
  budget.upstream = Part(requested.upstream, rest / 2);
  budget.callers =
      Part(requested.callers, rest - std::min(rest, budget.upstream));
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
