#ifndef WRIFTAI_UPSTREAM_BUDGET_PERMIT_H_
#define WRIFTAI_UPSTREAM_BUDGET_PERMIT_H_

#include <cstdint>
#include <utility>

#include "upstream/budget/priority.h"
#include "upstream/budget/rate_limit.h"

namespace wriftai {

class Budget;

// The right to send one request now. The holder sends it at once, and reports
// the rate limit of the response to the budget.
//
// Threads: loop. The budget must outlive it. Destroying it means that no
// response will come; the request still counts.
class Permit {
 public:
  // Empty permit: the call is not rate limited.
  Permit() = default;
  ~Permit();
  Permit(Permit&& other) noexcept
      : budget_(std::exchange(other.budget_, nullptr)),
        request_(other.request_),
        priority_(other.priority_) {}
  Permit& operator=(Permit&& other) noexcept;

  // The response has arrived. `limited`: it was a 429.
  void OnResponse(const RateLimit& rate, bool limited);

  // Nothing was sent.
  void Release();

  explicit operator bool() const { return budget_ != nullptr; }

 private:
  friend class Budget;
  Permit(Budget& budget, uint64_t request, Priority priority)
      : budget_(&budget), request_(request), priority_(priority) {}

  Budget* budget_ = nullptr;
  uint64_t request_ = 0;  // The request's number.
  Priority priority_ = Priority::kCall;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_PERMIT_H_
