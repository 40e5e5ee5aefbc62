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
  is_poll_ = moved.is_poll_;
  return *this;
}

void Permit::OnResponse(const RateLimit& rate, bool limited) {
  if (Budget* const budget = std::exchange(budget_, nullptr)) {
    budget->OnResponse(request_, rate, limited, is_poll_);
  }
}

void Permit::Release() {
  if (Budget* const budget = std::exchange(budget_, nullptr)) {
    budget->OnReleased(request_, is_poll_);
  }
}

}  // namespace wriftai
