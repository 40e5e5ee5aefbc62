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
#include "upstream/budget/grant_guard.h"

namespace wriftai {

// The two buckets of one credential.
struct CredentialBudget {
  CredentialBudget(std::shared_ptr<const Credential> owner, double read_rate,
                   double create_rate, double share, EventLoop& event_loop,
                   std::unique_ptr<const GrantGuard> grant_guard)
      : credential(std::move(owner)),
        guard(std::move(grant_guard)),
        reads(read_rate, event_loop, share, guard.get()),
        creates(create_rate, event_loop, share, guard.get()) {}

  void OnGuardChanged() {
    reads.OnGuardChanged();
    creates.OnGuardChanged();
  }

  const std::shared_ptr<const Credential> credential;
  const std::unique_ptr<const GrantGuard> guard;  // Null: none.
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

  // The guard of a credential's budget.
  using MakeGuard =
      std::function<std::unique_ptr<const GrantGuard>(const Credential&)>;

  // `make_guard`: empty if permits are always allowed.
  BudgetRegistry(Rates rates, EventLoop& event_loop,
                 MakeGuard make_guard = nullptr);

  // The caller must hold the result for as long as a permit or handle of it.
  std::shared_ptr<CredentialBudget> For(
      const std::shared_ptr<const Credential>& credential);

  // The answer of the guard of this credential has changed.
  void OnGuardChanged(const std::string& credential_key);

  // Visits all budgets.
  void ForEach(const std::function<void(CredentialBudget&)>& visit);

 private:
  size_t EvictIdleSince(absl::Time before);

  const Rates rates_;
  EventLoop& event_loop_;
  const MakeGuard make_guard_;
  const absl::Time started_at_;
  // By the credential's key.
  std::map<std::string, std::shared_ptr<CredentialBudget>> budgets_;
  IdleEvictor evictor_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_BUDGET_REGISTRY_H_
