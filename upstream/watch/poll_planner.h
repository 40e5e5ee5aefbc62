#ifndef WRIFTAI_UPSTREAM_WATCH_POLL_PLANNER_H_
#define WRIFTAI_UPSTREAM_WATCH_POLL_PLANNER_H_

#include <cstddef>

#include "absl/time/time.h"
#include "upstream/watch/list_trust.h"
#include "upstream/watch/page_map.h"
#include "upstream/watch/poll_queue.h"
#include "upstream/watch/poll_target.h"

namespace wriftai {

// The next upstream request for one credential.
struct PollPlan {
  PollTarget* get = nullptr;      // Get this one, or
  PageMap::Page* list = nullptr;  // fetch this page, or
  absl::Time when;                // do nothing until then.
  bool confirms = false;          // `get` checks what pages showed of it.
};

// The GETs in flight that may never get a response.
struct UnreliableGets {
  size_t failing = 0;  // Of targets whose last GET failed.
  size_t untried = 0;  // Of targets without a successful GET so far.
};

// When pages are fetched: if they are worth their cost, or, as a baseline for
// the benchmark, never or always.
enum class PagePolicy { kByCost, kNever, kAlways };

// Chooses the most useful request each time the budget grants a permit for a
// poll.
//
// Cost model. A GET costs one request and shows one prediction, including its
// output. A page costs one request and shows up to 50 predictions without
// outputs, so each end that it shows costs a GET on top. Let p be the share of
// targets that recent pages showed to have ended. Let w be how much of its
// interval has passed for a target, at most 1. A page over targets 1..k then
// saves sum(w)*(1-p) requests; a GET saves 1. A page is fetched if it saves
// more than 1, and only while the demand exceeds the budget. Otherwise every
// target gets its own GET, which returns the output together with the end. (p
// is not taken from run durations: predictions that have ended are the short
// ones, and say nothing about those still running.)
//
// Order. Outputs of predictions that have ended are fetched first, earliest end
// first. While there are any, every kFetchesPerPoll-th request is still a poll,
// so that other states stay fresh; this delays outputs by at most
// 1/(kFetchesPerPoll-1). Polls go to the target that is stalest relative to its
// interval. A target without a state comes first, but leaves every other poll
// to one that is late by kLateIntervals. No target starves, since a target that
// is not polled becomes the stalest.
//
// Failures. A target whose last GET failed waits for its backoff and then for
// its turn. While others are due, only every kPollsPerRetry-th request is a
// retry, so failing targets leave others most of the budget. Every other retry
// is a page if that is worth its cost, since only GETs may be failing. GETs
// that hang may take only a part of the requests in flight (UnreliableGets).
//
// Trust. While pages replace GETs, an occasional GET confirms what they show
// (ListTrust). It goes to the target that has been without one for longest, or
// sooner to one that should have ended by its model's run durations.
//
// A target's position in the list follows from its creation time (PageMap). If
// that is unknown, pages are searched from the newest down while they show
// enough of the targets (kYieldGain); after that, the target gets its own GET.
//
// Threads: loop. Owns: the page map. `list_trust` must outlive it.
class PollPlanner {
 public:
  static constexpr int kFetchesPerPoll = 16;
  static constexpr int kPageSize = 50;  // The upstream's maximum.
  static constexpr int kPollsPerRetry = 8;
  static constexpr double kLateIntervals = 2;
  // Of PollLoop::kMaxInFlight, 64. Four GETs that hang for 30 s each
  // allow one retry every 7 s.
  static constexpr size_t kMaxFailingGets = 4;
  static constexpr size_t kMaxUntriedGets = 16;
  static constexpr double kYieldGain = 0.5;

  PollPlanner(PagePolicy policy, const ListTrust& list_trust)
      : policy_(policy), list_trust_(list_trust) {}

  // `rate` is the budget in requests per second; may be infinite.
  PollPlan Next(PollQueue& targets, const UnreliableGets& unreliable,
                double rate, const Instant& now);

  // Which targets may get GETs besides those in flight.
  static PollQueue::Allowed Allowed(const UnreliableGets& unreliable);

  // When `target` is due. Next() does not plan a request for it before.
  static absl::Time DueAt(const PollTarget& target,
                          const UnreliableGets& unreliable);

  // The target to probe next while the breaker is open, since `since`; null if
  // none exists. With `prefer_succeeded`, targets with a successful GET come
  // first, the most recent one first; else targets that were never seen or
  // tried. Targets already probed since `since` come last, so that all get a
  // turn. Sets `untried` to whether any target was never seen or tried.
  static PollTarget* NextProbe(PollTargets& targets, absl::Time since,
                               bool prefer_succeeded, bool* untried);

  // The page to probe; null if pages are not fetched or it is in flight.
  PageMap::Page* ProbePage();

  // `page` showed `found` targets, of which `ended` were not known to have
  // ended.
  void OnPage(PageMap::Page& page, absl::Time requested_at,
              const PredictionPage& shown, int found, int ended);

  // Whether the demand exceeded the budget in the last plan.
  bool contended() const { return contended_; }

  PageMap& pages() { return pages_; }

 private:
  PollPlan Retry(PollQueue& targets, PollTarget& target, absl::Time now);
  PollTarget* Stalest(const PollQueue::Due& due);
  PollPlan Poll(PollQueue& targets, PollTarget& stalest, absl::Time now);
  PageMap::Page* ChoosePage(PollQueue& targets, const PollTarget& stalest,
                            absl::Time now);
  bool MayFetchPages(absl::Time now) const;
  double PageWorth(const PollTarget& target, absl::Time now) const;

  const PagePolicy policy_;
  const ListTrust& list_trust_;
  PageMap pages_;
  bool contended_ = false;
  double ended_share_ = 0;  // Of the targets that pages show.
  double yield_ = 1;  // Of recent pages: targets found, divided by page size.
  int fetches_ = 0;   // Outputs fetched since the last poll.
  int requests_since_retry_ = 0;
  bool retried_by_page_ = false;
  bool polled_unseen_ = false;  // By the last poll.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_POLL_PLANNER_H_
