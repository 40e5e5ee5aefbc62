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
  CredentialBudget(std::shared_ptr<const Credential> who, double read_rate,
                   double create_rate, double share, EventLoop& event_loop)
      : credential(std::move(who)),
        reads(read_rate, event_loop, share),
        creates(create_rate, event_loop, share) {}

  const std::shared_ptr<const Credential> credential;
  Budget reads;    // Everything but creates; cancels too.
  Budget creates;  // 15 a second, as published.
  absl::Time used_at;
};

// The budgets of all credentials. One that nobody holds and nobody has asked
// for in kForgetAfter is forgotten, and begins anew when it is asked for.
//
// Threads: loop. Shares: each budget with those who call with it. EventLoop
// must outlive it and them. Fails: never.
class BudgetRegistry {
 public:
  // Far longer than any window, so that a budget which begins anew finds its
  // windows full again.
  static constexpr absl::Duration kForgetAfter = absl::Minutes(10);

  // The same where there are many (IdleEvictor), of 2.8 kB each: two of the
  // published windows.
  static constexpr absl::Duration kForgetManyAfter = absl::Seconds(2);

  // With a share, how long after the start nothing is sent: the process that
  // this one replaces may have used its part of the window that was then, a
  // second by the published limits, and a request may be under way as long
  // again as a fifth of it.
  static constexpr absl::Duration kTakeOver = absl::Milliseconds(1200);

  struct Rates {  // Requests per second, until responses say otherwise.
    double reads = 3;
    double creates = 15;
    double share = 1;  // The part of both that is ours.
  };

  // No limits until responses name some.
  static constexpr Rates kUnlimited{std::numeric_limits<double>::infinity(),
                                    std::numeric_limits<double>::infinity(), 1};

  BudgetRegistry(Rates rates, EventLoop& event_loop);

  // Hold it for as long as a permit or a handle of it.
  std::shared_ptr<CredentialBudget> For(
      const std::shared_ptr<const Credential>& credential);

  // Visits all, for metrics.
  void ForEach(const std::function<void(CredentialBudget&)>& visit);

 private:
  size_t ForgetIdleSince(absl::Time before);

  const Rates rates_;
  EventLoop& event_loop_;
  const absl::Time started_at_;
  // By the credential's key.
  std::map<std::string, std::shared_ptr<CredentialBudget>> budgets_;
  IdleEvictor evictor_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_BUDGET_REGISTRY_H_
