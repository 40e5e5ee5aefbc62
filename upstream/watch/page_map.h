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

// Where in the list, which is newest first, predictions are to be found: the
// pages that have been seen, by the creation times they span, each with the
// cursor that leads to it. Cursors are taken for positions between two
// predictions (pages show what is older), so that a prediction that sinks under
// newer ones is still found with one request; where a page shows otherwise, it
// is learnt anew.
//
// Threads: loop. A value. Fails: never.
class PageMap {
 public:
  struct Page {
    std::string cursor;                            // Empty: the newest page.
    absl::Time newer = absl::InfiniteFuture();     // It begins below this.
    absl::Time fetched_at = absl::InfinitePast();  // EventLoop::Now()'s clock.
    absl::Time oldest = absl::InfinitePast();      // Of what it then showed.
    bool is_last = false;                          // Nothing is older.
    bool under_way = false;
    PollFailures failures;

    bool known() const { return fetched_at != absl::InfinitePast(); }
    // Whether it would show one of that creation time, as far as is known.
    bool Spans(absl::Time created) const {
      return created < newer && (!known() || is_last || created >= oldest);
    }
  };

  // By where they begin, newest first.
  using Pages = std::map<absl::Time, Page, std::greater<>>;

  // Pages that are remembered: 100,000 predictions deep. The oldest go first.
  static constexpr size_t kMaxPages = 2000;

  PageMap() { pages_[absl::InfiniteFuture()] = Page(); }

  // The page that one of that creation time should be on. Never null: the
  // newest page begins above all.
  Page& For(absl::Time created);

  // The page that begins there; it is under way and so has not been forgotten.
  Page& At(absl::Time newer) { return pages_.at(newer); }

  // The newest page that has not been fetched since `since`; null when all
  // have, down to the end of the list.
  Page* NotFetchedSince(absl::Time since);

  // `page`, asked for at `asked_at`, has shown `shown`. A cursor that leads
  // back, to the page itself or to newer ones, is not followed.
  void Apply(Page& page, absl::Time asked_at, const PredictionPage& shown);

  const Pages& pages() const { return pages_; }

 private:
  Pages pages_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_PAGE_MAP_H_
