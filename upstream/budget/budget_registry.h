#ifndef WRIFTAI_UPSTREAM_BUDGET_BUDGET_REGISTRY_H_
#define WRIFTAI_UPSTREAM_BUDGET_BUDGET_REGISTRY_H_

#include <cstddef>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "base/credential.h"
#include "base/event_loop.h"
#include "base/idle_evictor.h"
#include "upstream/budget/budget.h"

namespace wriftai {

// The two buckets of one credential.
struct CredentialBudget {
  CredentialBudget(std::shared_ptr<const Credential> owner, double read_rate,
                   double create_rate, double share, EventLoop& event_loop)
      : credential(std::move(owner)),
        reads(read_rate, event_loop, share),
        creates(create_rate, event_loop, share) {}

  const std::shared_ptr<const Credential> credential;
  Budget reads;    // All requests except creates; includes cancels.
  Budget creates;  // Published limit: 15 per second.
  absl::Time used_at;
};

// The budgets of all credentials. A budget that is unreferenced and unused for
// kEvictAfter is evicted. The next use creates a new one.
//
// Threads: loop. Shares: each budget with the calls that use it. EventLoop must
// outlive the registry and the budgets. Fails: never.
class BudgetRegistry {
 public:
  // Far longer than any window, so the windows of a recreated budget are full
  // again.
  static constexpr absl::Duration kEvictAfter = absl::Minutes(10);

  // The same while there are many (IdleEvictor), at 2.8 kB each: two published
  // windows.
  static constexpr absl::Duration kEvictManyAfter = absl::Seconds(2);

  // With a share, nothing is sent for this long after startup. The process
  // being replaced may have used its share of the current window, which is one
  // second by the published limits. Its last requests may be in flight for
  // another fifth of that.
  static constexpr absl::Duration kHandoverPause = absl::Milliseconds(1200);

  struct Rates {  // Requests per second, until responses report a limit.
    double reads = 3;
    double creates = 15;
    double share = 1;  // This replica's share of both.
  };

  // No limits until responses report them.
  static constexpr Rates kUnlimited{std::numeric_limits<double>::infinity(),
                                    std::numeric_limits<double>::infinity(), 1};

  BudgetRegistry(Rates rates, EventLoop& event_loop);

  // The caller must hold the result for as long as a permit or handle of it.
  std::shared_ptr<CredentialBudget> For(
      const std::shared_ptr<const Credential>& credential);

  // Visits all budgets, for metrics.
  void ForEach(const std::function<void(CredentialBudget&)>& visit);

 private:
  size_t EvictIdleSince(absl::Time before);

  const Rates rates_;
  EventLoop& event_loop_;
  const absl::Time started_at_;
  // By the credential's key.
  std::map<std::string, std::shared_ptr<CredentialBudget>> budgets_;
  IdleEvictor evictor_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_BUDGET_REGISTRY_H_
