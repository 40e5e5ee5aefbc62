#ifndef WRIFTAI_UPSTREAM_BUDGET_PERMIT_H_
#define WRIFTAI_UPSTREAM_BUDGET_PERMIT_H_

#include <cstdint>
#include <utility>

#include "upstream/budget/rate_limit.h"

namespace wriftai {

class Budget;

// The right to send one request now. Whoever holds it sends it at once and
// hands the response's rate limit back, which is what the budget learns from.
//
// Threads: loop. The budget must outlive it. Destroying it means that the
// response will never be known; the request counts all the same.
class Permit {
 public:
  // A permit that is none, for calls outside of any budget.
  Permit() = default;
  ~Permit();
  Permit(Permit&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)),
        request_(other.request_),
        is_poll_(other.is_poll_) {}
  Permit& operator=(Permit&& other) noexcept;

  // The response is there; `limited`: it was a 429.
  void OnResponse(const RateLimit& rate, bool limited);

  // Nothing was sent.
  void Release();

  explicit operator bool() const { return budget_ != nullptr; }

 private:
  friend class Budget;
  Permit(Budget& budget, uint64_t request, bool is_poll)
      : budget_(&budget), request_(request), is_poll_(is_poll) {}

  Budget* budget_ = nullptr;
  uint64_t request_ = 0;  // Its number.
  bool is_poll_ = false;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_PERMIT_H_
