#ifndef WRIFTAI_UPSTREAM_WATCH_PAGE_FETCHER_H_
#define WRIFTAI_UPSTREAM_WATCH_PAGE_FETCHER_H_

#include <cstddef>
#include <list>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/event_loop.h"
#include "base/random.h"
#include "upstream/prediction_calls.h"
#include "upstream/watch/poll_circuit_breaker.h"
#include "upstream/watch/poll_observer.h"
#include "upstream/watch/poll_planner.h"
#include "upstream/watch/watch_stats.h"
#include "upstream/watch/watch_table.h"

namespace wriftai {

// Fetches pages of one credential's list, applies what they show of watched
// predictions to the table, and marks those that are missing from them.
//
// Threads: loop. Owns: the fetches in flight. The constructor's arguments must
// outlive it. Fails: through the table and the observer.
class PageFetcher {
 public:
  PageFetcher(WatchTable& table, PollPlanner& planner,
              const PollCircuitBreaker& breaker, PredictionReader& reader,
              EventLoop& event_loop, Random& random, WatchStats& stats,
              PollObserver& observer)
      : table_(table),
        planner_(planner),
        breaker_(breaker),
        reader_(reader),
        event_loop_(event_loop),
        random_(random),
        stats_(stats),
        observer_(observer) {}

  void Fetch(PageMap::Page& page, CallContext context);

  size_t in_flight() const { return fetches_.size(); }

 private:
  struct PageFetch {
    absl::Time newer;  // The page's key in the page map.
    Instant requested;
    std::vector<std::string> expected;
    CallHandle call;
  };
  using PageFetches = std::list<PageFetch>;
  struct PageResult {
    int matched = 0;
    int newly_ended = 0;  // Of them, those not known to have ended before.
  };

  void OnFetched(PageFetches::iterator fetch,
                 absl::StatusOr<PredictionPage> fetched);
  void OnFailed(const PageFetch& fetch, PageMap::Page& page,
                const absl::Status& status);
  PageResult ApplyPageItems(const PredictionPage& page, const PageFetch& fetch);
  void MarkMissing(const PageFetch& fetch, const PageMap::Page& page);

  WatchTable& table_;
  PollPlanner& planner_;
  const PollCircuitBreaker& breaker_;
  PredictionReader& reader_;
  EventLoop& event_loop_;
  Random& random_;
  WatchStats& stats_;
  PollObserver& observer_;
  PageFetches fetches_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_PAGE_FETCHER_H_
