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
#include "upstream/prediction_client.h"
#include "upstream/watch/poll_circuit_breaker.h"
#include "upstream/watch/poll_planner.h"
#include "upstream/watch/poll_target.h"
#include "upstream/watch/watch_stats.h"

namespace wriftai {

// Fetches pages of one credential's list, and finds the targets that they show
// and the targets that are missing from them.
//
// Threads: loop. Owns: the fetches in flight. The constructor's arguments must
// outlive it. Fails: through the observer.
class PageFetcher {
 public:
  class Observer {
   public:
    virtual ~Observer() = default;

    // A page that was requested at `requested` shows a target as `item`.
    virtual void OnPageItem(PollTarget& target, const v1::Prediction& item,
                            const Instant& requested,
                            const Instant& observed) = 0;

    // A page was fetched; called before OnPageItem() for its items.
    virtual void OnPage() = 0;

    // The list was found to be wrong.
    virtual void OnListDistrusted() = 0;

    // The fetch of a page that was requested at `requested_at` failed.
    // `standing` is that of the page before the failure.
    virtual void OnPageFailed(const absl::Status& status,
                              PollCircuitBreaker::Standing standing,
                              absl::Time requested_at) = 0;

    // A fetch has ended; called last.
    virtual void OnFetchEnded() = 0;
  };

  PageFetcher(PollTargets& targets, PollPlanner& planner,
              const PollCircuitBreaker& breaker, PredictionClient& client,
              EventLoop& event_loop, Random& random, WatchStats& stats,
              Observer& observer)
      : targets_(targets),
        planner_(planner),
        breaker_(breaker),
        client_(client),
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
  PollTarget* Find(const std::string& id);

  PollTargets& targets_;
  PollPlanner& planner_;
  const PollCircuitBreaker& breaker_;
  PredictionClient& client_;
  EventLoop& event_loop_;
  Random& random_;
  WatchStats& stats_;
  Observer& observer_;
  PageFetches fetches_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_PAGE_FETCHER_H_
