#ifndef WRIFTAI_UPSTREAM_WATCH_POLL_PLANNER_H_
#define WRIFTAI_UPSTREAM_WATCH_POLL_PLANNER_H_

#include "absl/time/time.h"
#include "upstream/watch/model_history.h"
#include "upstream/watch/page_map.h"
#include "upstream/watch/poll_target.h"

namespace wriftai {

// What to ask the upstream next for one credential.
struct PollPlan {
  PollTarget* get = nullptr;      // Ask for this one, or
  PageMap::Page* list = nullptr;  // fetch this page, or
  absl::Time when;                // there is nothing to ask for until then.
};

// When pages are fetched: where they are worth it, or, to be compared with that
// in the benchmark, never or always.
enum class PagePolicy { kByCost, kNever, kAlways };

// Chooses, each time that the budget has a place for a poll, the request that
// does most for the waiters.
//
// Cost model. A GET costs one request and shows one prediction, output and all.
// A page costs one and shows up to 50 without outputs, so that each of them
// that it shows to have ended costs a GET on top. With p the share of targets
// that pages of late have shown to have ended, and w how much of its interval
// has passed for a target (at most 1), a page over targets 1..k is worth
// sum(w)*(1-p) requests that need not be made; a GET is worth 1. (p is not
// taken from the lives of those that have ended: they are the short ones, and
// say nothing of those that still run.) The page is fetched where its worth is
// above 1, and only while there is more to ask than the budget bears: else each
// is asked for alone, which brings the output with the end.
//
// Order. Outputs of predictions that have ended are fetched first, the earliest
// end first; as long as there are any, every kFetchesPerPoll-th request is
// still a poll, so that the others' states stay known: the outputs come later
// by 1/(kFetchesPerPoll-1) at the most. Polls go to the target that is stalest
// relative to its wanted interval; one that was never seen comes before all
// that were. So none starves: whatever is not asked for grows staler than the
// rest.
//
// Where a target is in the list is known from its creation time (PageMap). One
// whose time is not known is searched from the newest page down while the pages
// show enough of what is sought (kYieldGain); after that it is asked for alone.
//
// Threads: loop. Owns: the map of pages. `history` must outlive it.
class PollPlanner {
 public:
  static constexpr int kFetchesPerPoll = 16;
  static constexpr int kPageSize = 50;  // The largest page there is.
  static constexpr double kYieldGain = 0.5;

  PollPlanner(PagePolicy policy, const ModelHistory& history)
      : policy_(policy), history_(history) {}

  // `rate`: requests per second that the budget bears; infinite: any number.
  // `now` of Scheduler::Now()'s clock, `wall_now` of WallNow()'s.
  PollPlan Next(PollTargets& targets, double rate, absl::Time now,
                absl::Time wall_now);

  // The page has shown `found` targets, of which `ended` had ended without
  // anybody knowing.
  void OnPage(PageMap::Page& page, absl::Time asked_at,
              const PredictionPage& shown, int found, int ended);

  // Pages fail: none is fetched before then.
  void NoPagesUntil(absl::Time time) { no_pages_until_ = time; }

  // Whether the last plan had more to ask for than the budget bears.
  bool contended() const { return contended_; }

  PageMap& pages() { return pages_; }

 private:
  PollPlan Poll(PollTargets& targets, PollTarget& stalest, absl::Time now);
  PageMap::Page* PageOver(PollTargets& targets, const PollTarget& stalest,
                          absl::Time now);
  bool MayFetchPages(absl::Time now) const;
  double WorthOf(const PollTarget& target, absl::Time now) const;
  double Staleness(const PollTarget& target, absl::Time now,
                   absl::Time wall_now) const;

  const PagePolicy policy_;
  const ModelHistory& history_;
  PageMap pages_;
  absl::Time no_pages_until_ = absl::InfinitePast();
  bool contended_ = false;
  double ended_share_ = 0;  // Of the targets that pages show.
  double yield_ = 1;  // Of the last pages: targets found, as a part of each.
  int fetches_ = 0;   // Outputs fetched since the last poll.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_POLL_PLANNER_H_
