#include "upstream/budget/budget_registry.h"

#include <cassert>
#include <iterator>
#include <utility>

namespace wriftai {

BudgetRegistry::BudgetRegistry(Rates rates, EventLoop& event_loop,
                               MakeGuard make_guard)
    : rates_(rates),
      event_loop_(event_loop),
      make_guard_(std::move(make_guard)),
      started_at_(event_loop.Now()),
      evictor_(kEvictAfter, kEvictManyAfter, event_loop,
               [this](absl::Time before) { return EvictIdleSince(before); }) {}

std::shared_ptr<CredentialBudget> BudgetRegistry::For(
    const std::shared_ptr<const Credential>& credential) {
  assert(event_loop_.OnLoopThread());
  std::shared_ptr<CredentialBudget>& budget = budgets_[credential->key()];
  if (budget == nullptr) {
    budget = std::make_shared<CredentialBudget>(
        credential, rates_.reads, rates_.creates, rates_.share, event_loop_,
        make_guard_ ? make_guard_(*credential) : nullptr);
    if (rates_.share < 1) {
      budget->reads.Pause(started_at_ + kHandoverPause);
      budget->creates.Pause(started_at_ + kHandoverPause);
    }
  }
  budget->used_at = event_loop_.Now();
  evictor_.OnCount(budgets_.size());
  return budget;
}

void BudgetRegistry::OnGuardChanged(const std::string& credential_key) {
  const auto found = budgets_.find(credential_key);
  if (found != budgets_.end()) found->second->OnGuardChanged();
}

void BudgetRegistry::ForEach(
    const std::function<void(CredentialBudget&)>& visit) {
  for (const auto& entry : budgets_) visit(*entry.second);
}

size_t BudgetRegistry::EvictIdleSince(absl::Time before) {
  for (auto it = budgets_.begin(); it != budgets_.end();) {
    const bool forget =
        it->second->used_at <= before && it->second.use_count() == 1;
    it = forget ? budgets_.erase(it) : std::next(it);
  }
  return budgets_.size();
}

}  // namespace wriftai
