#ifndef WRIFTAI_UPSTREAM_BUDGET_GRANT_GUARD_H_
#define WRIFTAI_UPSTREAM_BUDGET_GRANT_GUARD_H_

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace wriftai {

// Decides whether a budget may grant permits at all. Of several replicas that
// share a credential, only the one that certainly owns it may.
//
// Threads: loop.
class GrantGuard {
 public:
  virtual ~GrantGuard() = default;

  // When permits may be granted, by EventLoop::Now(): now, if that is not in
  // the future. Otherwise ask again then. An error: none before
  // Budget::OnGuardChanged() is called; calls end with it.
  virtual absl::StatusOr<absl::Time> GrantsFrom() const = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_BUDGET_GRANT_GUARD_H_
