#ifndef WRIFTAI_UPSTREAM_BUDGET_PRIORITY_H_
#define WRIFTAI_UPSTREAM_BUDGET_PRIORITY_H_

namespace wriftai {

// What a request is for: a call that a caller is waiting for, a poll that is
// due, or a poll that no interval asks for.
enum class Priority { kCall, kPoll, kSpare };

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_PRIORITY_H_
