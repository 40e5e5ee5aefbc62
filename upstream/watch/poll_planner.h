#ifndef WRIFTAI_UPSTREAM_WATCH_POLL_PLANNER_H_
#define WRIFTAI_UPSTREAM_WATCH_POLL_PLANNER_H_

#include <cstddef>

#include "absl/time/time.h"
#include "upstream/watch/list_trust.h"
#include "upstream/watch/model_run_durations.h"
#include "upstream/watch/page_map.h"
#include "upstream/watch/poll_target.h"

namespace wriftai {

// What to ask the upstream next for one credential.
struct PollPlan {
  PollTarget* get = nullptr;      // Ask for this one, or
  PageMap::Page* list = nullptr;  // fetch this page, or
  absl::Time when;                // there is nothing to ask for until then.
  bool confirms = false;          // `get` is to confirm what pages said of it.
};

// The GETs under way that may never be answered.
struct DoubtfulGets {
  size_t failing = 0;  // Of targets whose last GET failed.
  size_t untried = 0;  // Of targets of which no GET has succeeded yet.
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
// that were, but leaves every other poll to one that is late by kLateIntervals.
// So none starves: whatever is not asked for grows staler than the rest.
//
// Failures. A target whose last GET failed waits for its backoff, and then for
// its turn: every kPollsPerRetry-th request, as long as others are due, so that
// any number of failing ones leaves the others most of the budget. Every other
// retry is a page where that is worth it: it may be GETs alone that fail. GETs
// that hang may take only a part of the requests under way (DoubtfulGets).
//
// Trust. While pages take the place of GETs, now and then a GET confirms what
// they say (ListTrust): of the target that has been without one for longest; of
// one that should have ended by now, by its model's history, sooner.
//
// Where a target is in the list is known from its creation time (PageMap). One
// whose time is not known is searched from the newest page down while the pages
// show enough of what is sought (kYieldGain); after that it is asked for alone.
//
// Threads: loop. Owns: the map of pages, the trust in them. `history` must
// outlive it.
class PollPlanner {
 public:
  static constexpr int kFetchesPerPoll = 16;
  static constexpr int kPageSize = 50;  // The largest page there is.
  static constexpr int kPollsPerRetry = 8;
  static constexpr double kLateIntervals = 2;
  // Of CredentialWatches::kMaxUnderWay, 64. Four that hang for 30 s are one
  // retry in 7 s.
  static constexpr size_t kMaxFailingGets = 4;
  static constexpr size_t kMaxUntriedGets = 16;
  static constexpr double kYieldGain = 0.5;

  PollPlanner(PagePolicy policy, const ModelRunDurations& history)
      : policy_(policy), run_durations_(history) {}

  // `rate`: requests per second that the budget bears; infinite: any number.
  // `now` of EventLoop::Now()'s clock, `wall_now` of WallNow()'s.
  PollPlan Next(PollTargets& targets, const DoubtfulGets& doubtful, double rate,
                absl::Time now, absl::Time wall_now);

  // When there is something to ask for: Next() plans nothing before.
  static absl::Time DueAt(const PollTarget& target,
                          const DoubtfulGets& doubtful);

  // The target to probe next while the breaker is open, which it is since
  // `since`; null where there is none. With `worked` one that has worked is
  // preferred, the most recent first; else one that was never seen. Those that
  // were tried since come last, so that all have their turn. `untried`: whether
  // any was never seen or tried.
  static PollTarget* NextProbe(PollTargets& targets, absl::Time since,
                               bool worked, bool* untried);

  // The page to probe; null where pages are not fetched.
  PageMap::Page* ProbePage();

  // The page has shown `found` targets, of which `ended` had ended without
  // anybody knowing.
  void OnPage(PageMap::Page& page, absl::Time asked_at,
              const PredictionPage& shown, int found, int ended);

  // Whether the last plan had more to ask for than the budget bears.
  bool contended() const { return contended_; }

  PageMap& pages() { return pages_; }
  ListTrust& trust() { return trust_; }
  const ListTrust& trust() const { return trust_; }

 private:
  // The best of each kind that is due; null where there is none.
  struct Candidates {
    PollTarget* output = nullptr;
    PollTarget* unseen = nullptr;
    PollTarget* seen = nullptr;
    double staleness = 0;  // Of `seen`.
    PollTarget* retry = nullptr;
    PollTarget* confirm = nullptr;
    absl::Time next_due = absl::InfiniteFuture();
  };
  PollPlan Retry(PollTargets& targets, PollTarget& target, absl::Time now);
  PollTarget* Stalest(const Candidates& due);
  Candidates Survey(PollTargets& targets, const DoubtfulGets& doubtful,
                    double rate, absl::Time now, absl::Time wall_now);
  PollPlan Poll(PollTargets& targets, PollTarget& stalest, absl::Time now);
  PageMap::Page* PageOver(PollTargets& targets, const PollTarget& stalest,
                          absl::Time now);
  bool MayFetchPages(absl::Time now) const;
  double WorthOf(const PollTarget& target, absl::Time now) const;
  double Staleness(const PollTarget& target, absl::Time now,
                   absl::Time wall_now) const;
  double Doubt(const PollTarget& target, absl::Time now,
               absl::Time wall_now) const;

  const PagePolicy policy_;
  const ModelRunDurations& run_durations_;
  PageMap pages_;
  ListTrust trust_;
  bool contended_ = false;
  double ended_share_ = 0;  // Of the targets that pages show.
  double yield_ = 1;  // Of the last pages: targets found, as a part of each.
  int fetches_ = 0;   // Outputs fetched since the last poll.
  int requests_since_retry_ = 0;
  bool retried_by_page_ = false;
  bool polled_unseen_ = false;  // By the last poll.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_POLL_PLANNER_H_
