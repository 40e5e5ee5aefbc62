#ifndef WRIFTAI_UPSTREAM_WATCH_DEMAND_OBSERVER_H_
#define WRIFTAI_UPSTREAM_WATCH_DEMAND_OBSERVER_H_

#include <string>

#include "absl/time/time.h"

namespace wriftai {

// Observes what the waiters of a credential need while another process polls
// for it. Loop thread. Must not change the watches.
class DemandObserver {
 public:
  virtual ~DemandObserver() = default;

  // The shortest poll interval of the prediction's waiters has changed.
  // InfiniteDuration: it has no waiters any more, or has ended.
  virtual void OnDemandChanged(const std::string& id,
                               absl::Duration interval) = 0;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_DEMAND_OBSERVER_H_
