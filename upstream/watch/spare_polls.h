#ifndef WRIFTAI_UPSTREAM_WATCH_SPARE_POLLS_H_
#define WRIFTAI_UPSTREAM_WATCH_SPARE_POLLS_H_

#include <cstddef>

#include "absl/time/time.h"
#include "upstream/budget/rate_limit_model.h"
#include "upstream/watch/model_run_durations.h"
#include "upstream/watch/poll_target.h"

namespace wriftai {

// Spends requests that nothing else needs on predictions that may end soon. One
// waiter that polls once a second uses a third of the published limit, and gets
// the end half a second late on average. With the requests that are spare it
// gets it twice as early, or earlier if the model's runs are known.
//
// When. A window's spare requests are spread evenly over its time, from the age
// on at which the model's shortest run ended. A prediction of an unknown model
// may end at any time. Its first poll comes soon, for runs that take
// milliseconds.
//
// Which. The one with the largest product of its staleness and the likelihood
// that it ends now. A prediction whose remaining run is unknown likely runs as
// long again as it has.
//
// How many. The budget leaves a third of each window to calls, to due polls and
// to other consumers, besides what it expects these to use. That third is
// spent, too, if the model's runs make an end in this window likely and no
// other consumer has shown up: for a few windows of a run. Polls that will be
// due in the window come first.
//
// Threads: loop. A function. Fails: never.
struct SparePoll {
  // More targets gain little from the few spare requests.
  static constexpr size_t kMaxTargets = 64;

  static SparePoll Next(const PollTargets& targets,
                        const ModelRunDurations& run_durations,
                        const SpareRequests& spare, absl::Time now,
                        absl::Time wall_now);

  PollTarget* target = nullptr;              // Poll this one,
  absl::Time when = absl::InfiniteFuture();  // at this time; else ask again.
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_SPARE_POLLS_H_
