#include "upstream/budget/budget_registry.h"

#include <algorithm>
#include <cassert>
#include <iterator>

namespace wriftai {

BudgetRegistry::BudgetRegistry(Rates rates, Scheduler& scheduler)
    : rates_(rates), scheduler_(scheduler), started_at_(scheduler.Now()) {}

std::shared_ptr<CredentialBudget> BudgetRegistry::For(
    const std::shared_ptr<const Credential>& credential) {
  assert(scheduler_.OnLoopThread());
  std::shared_ptr<CredentialBudget>& budget = budgets_[credential->key()];
  if (budget == nullptr) {
    budget = std::make_shared<CredentialBudget>(
        credential, rates_.reads, rates_.creates, rates_.share, scheduler_);
    if (rates_.share < 1) {
      budget->reads.Pause(started_at_ + kTakeOver);
      budget->creates.Pause(started_at_ + kTakeOver);
    }
  }
  budget->used_at = scheduler_.Now();
  if (budgets_.size() > many_) {
    many_ = 2 * budgets_.size();
    ForgetIn(absl::ZeroDuration());
  } else if (forget_ == nullptr) {
    ForgetIn(kForgetAfter);
  }
  return budget;
}

void BudgetRegistry::ForEach(
    const std::function<void(CredentialBudget&)>& visit) {
  for (const auto& entry : budgets_) visit(*entry.second);
}

void BudgetRegistry::ForgetIn(absl::Duration delay) {
  forget_ =
      scheduler_.PostAt(scheduler_.Now() + delay, [this] { ForgetIdle(); });
}

void BudgetRegistry::ForgetIdle() {
  forget_.reset();
  const absl::Time before =
      scheduler_.Now() -
      (budgets_.size() > kMany ? kForgetManyAfter : kForgetAfter);
  for (auto it = budgets_.begin(); it != budgets_.end();) {
    const bool forget =
        it->second->used_at <= before && it->second.use_count() == 1;
    it = forget ? budgets_.erase(it) : std::next(it);
  }
  // Twice what cannot be forgotten: so each is looked at a few times alone.
  many_ = std::max(kMany, 2 * budgets_.size());
  if (!budgets_.empty()) ForgetIn(kForgetAfter);
}

}  // namespace wriftai
