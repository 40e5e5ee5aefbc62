#include "upstream/budget/permit.h"

#include "upstream/budget/budget.h"

namespace wriftai {

Permit::~Permit() {
  if (budget_ != nullptr) budget_->OnLost(request_);
}

Permit& Permit::operator=(Permit&& other) noexcept {
  // The temporary reports the old request as lost.
  Permit moved(std::move(other));
  std::swap(budget_, moved.budget_);
  request_ = moved.request_;
  priority_ = moved.priority_;
  return *this;
}

void Permit::OnResponse(const RateLimit& rate, bool limited) {
  if (Budget* const budget = std::exchange(budget_, nullptr)) {
    budget->OnResponse(request_, rate, limited, priority_);
  }
}

void Permit::Release() {
  if (Budget* const budget = std::exchange(budget_, nullptr)) {
    budget->OnReleased(request_, priority_);
  }
}

}  // namespace wriftai
