#ifndef WRIFTAI_UPSTREAM_WATCH_PAGE_MAP_H_
#define WRIFTAI_UPSTREAM_WATCH_PAGE_MAP_H_

#include <cstddef>
#include <functional>
#include <map>
#include <string>

#include "absl/time/time.h"
#include "upstream/prediction_params.h"
#include "upstream/watch/poll_failures.h"

namespace wriftai {

// Maps creation times to pages of the list, which is newest first. Holds the
// pages fetched so far, each with its cursor and the creation times it spans.
// A cursor is assumed to be a position between two predictions: its page shows
// the older ones. So a prediction is still found with one request after newer
// ones were created. If a page shows otherwise, the map is updated from it.
//
// Threads: loop. A value. Fails: never.
class PageMap {
 public:
  struct Page {
    std::string cursor;                            // Empty for the newest page.
    absl::Time newer = absl::InfiniteFuture();     // Spans times before this.
    absl::Time fetched_at = absl::InfinitePast();  // EventLoop::Now()'s clock.
    absl::Time oldest = absl::InfinitePast();      // Oldest item of that fetch.
    bool is_last = false;                          // There are no older pages.
    bool in_flight = false;
    PollFailures failures;

    bool known() const { return fetched_at != absl::InfinitePast(); }
    // Whether the page should show a prediction of that creation time.
    bool Spans(absl::Time created) const {
      return created < newer && (!known() || is_last || created >= oldest);
    }
  };

  // By `newer`, newest first.
  using Pages = std::map<absl::Time, Page, std::greater<>>;

  // Maximum number of pages kept: 100,000 predictions. The oldest are evicted
  // first.
  static constexpr size_t kMaxPages = 2000;

  PageMap() { pages_[absl::InfiniteFuture()] = Page(); }

  // The page that should show a prediction of that creation time. There always
  // is one, since the newest page has no upper bound.
  Page& For(absl::Time created);

  // The page with that `newer`. It must be in flight, so it was not evicted.
  Page& At(absl::Time newer) { return pages_.at(newer); }

  // The newest page that was not fetched since `since`. Null if all were, down
  // to the end of the list.
  Page* NotFetchedSince(absl::Time since);

  // `page`, requested at `requested_at`, returned `shown`. A cursor that leads
  // back to the page itself or to newer ones is not followed.
  void Apply(Page& page, absl::Time requested_at, const PredictionPage& shown);

  const Pages& pages() const { return pages_; }

 private:
  Pages pages_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_PAGE_MAP_H_
