#include "upstream/watch/spare_polls.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "upstream/prediction_state.h"

namespace wriftai {
namespace {

// Where in its part of the window a spare poll goes: slightly early, since the
// next window's first one comes at this part of its share, too.
constexpr double kSlot = 0.7;

// When an unknown model's prediction is polled first.
constexpr absl::Duration kFirstPoll = absl::Milliseconds(150);

// Minimum time between two polls: the shortest interval of waiters.
constexpr absl::Duration kMinGap = absl::Milliseconds(100);

// The likelihood of an end in the window from which on all of it is spent.
constexpr double kLikely = 0.25;

// A prediction older than this multiple of its model's longest run may run for
// long.
constexpr double kMaxOverdue = 2;

// Bounds the likelihood of an end.
constexpr absl::Duration kMinRest = absl::Milliseconds(100);

// When a prediction will likely end.
struct LikelyEnd {
  absl::Time earliest = absl::InfinitePast();
  absl::Time latest = absl::InfiniteFuture();
  absl::Duration rest;  // How much longer it will likely run.
  bool known = false;
};

LikelyEnd LikelyEndOf(const PollTarget& target,
                      const ModelRunDurations& run_durations, absl::Time now,
                      absl::Time wall_now) {
  const v1::Prediction& prediction = target.watch.newest()->prediction;
  const absl::Duration age = AgeOf(prediction, wall_now);
  LikelyEnd end;
  end.rest = std::max(age, kMinRest);
  const auto run = run_durations.LikelyEndOf(prediction.model());
  if (!run.has_value() || age > run->latest * kMaxOverdue) return end;
  // One that is overdue may run on for as long as runs differ.
  const absl::Duration rest =
      age < run->latest ? run->latest - age : run->latest - run->earliest;
  end.known = true;
  end.earliest = now + (run->earliest - age);
  end.latest = now + rest;
  end.rest = std::max(rest, kMinRest);
  return end;
}

// Whether an end is likely enough within the window to spend all of it. Holds
// for the whole window: its last poll is worth as much as its first one.
bool IsLikelyIn(const SpareRequests& window, const LikelyEnd& end) {
  const absl::Time from = std::max(window.since, end.earliest);
  return end.known && window.until - from >= (end.latest - from) * kLikely;
}

}  // namespace

SparePoll SparePoll::Next(const PollTargets& targets,
                          const ModelRunDurations& run_durations,
                          const SpareRequests& spare, absl::Time now,
                          absl::Time wall_now) {
  SparePoll next;
  if (targets.size() > kMaxTargets) return next;
  absl::Time from = absl::InfiniteFuture();  // The first likely end.
  absl::Time last_poll = spare.since;
  absl::Time first_poll = absl::InfiniteFuture();
  bool likely = false;
  int64_t due = 0;
  double best = 0;
  for (const auto& [id, target] : targets) {
    if (target->DueAt() < spare.until) ++due;
    last_poll = std::max({last_poll, target->get_sent_at, target->seen_at});
    if (!target->MaySparePoll(now)) continue;
    const LikelyEnd end = LikelyEndOf(*target, run_durations, now, wall_now);
    if (end.earliest >= spare.until) {
      next.when = std::min(next.when, end.earliest);
      continue;
    }
    from = std::min(from, end.earliest);
    likely = likely || IsLikelyIn(spare, end);
    if (!end.known && target->get_sent_at < target->joined_at) {
      first_poll = std::min(first_poll, target->seen_at + kFirstPoll);
    }
    const double value = absl::FDivDuration(now - target->seen_at, end.rest);
    if (next.target == nullptr || value > best) {
      next.target = target.get();
      best = value;
    }
  }
  if (next.target == nullptr) return next;
  const int64_t count = spare.count + (likely ? spare.left_free : 0);
  const bool is_due = next.target->DueAt() < spare.until;
  if (count <= 0 || count < due) return {nullptr, spare.until};
  if (count == due && !is_due) return {nullptr, spare.until};
  from = std::max(from, last_poll);
  next.when =
      from + (spare.until - from) * (kSlot / static_cast<double>(count));
  next.when =
      std::max({now, last_poll + kMinGap, std::min(next.when, first_poll)});
  // Only in place of its own next poll.
  if (count == due) {
    next.when = std::max(next.when, next.target->ReplacesDueFrom());
  }
  return next;
}

}  // namespace wriftai
