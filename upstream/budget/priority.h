#ifndef WRIFTAI_UPSTREAM_BUDGET_PRIORITY_H_
#define WRIFTAI_UPSTREAM_BUDGET_PRIORITY_H_

namespace wriftai {

// What a request is for: a call that a caller is waiting for, or a poll.
enum class Priority { kCall, kPoll };

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_PRIORITY_H_
