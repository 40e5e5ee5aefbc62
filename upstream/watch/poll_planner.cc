#include "upstream/watch/poll_planner.h"

#include <algorithm>
#include <limits>

namespace wriftai {
namespace {

// Of the budget: with less demand each target can be asked for alone.
constexpr double kContended = 0.9;

// How fast the share of ended ones follows the last pages.
constexpr double kEndedGain = 0.2;

// How an unknown page's yield recovers with each request that is no page.
constexpr double kYieldRecovery = 0.01;

}  // namespace

PollPlan PollPlanner::Next(PollTargets& targets, double rate, absl::Time now,
                           absl::Time wall_now) {
  PollTarget* fetch = nullptr;
  PollTarget* poll = nullptr;
  double stalest = 0;
  double demand = 0;
  absl::Time next_due = absl::InfiniteFuture();
  for (auto& [id, target] : targets) {
    if (!target->watch.idle()) {
      demand += 1 / absl::ToDoubleSeconds(target->interval());
    }
    const absl::Time due = target->DueAt();
    if (due > now) {
      next_due = std::min(next_due, due);
    } else if (target->ended) {
      if (fetch == nullptr || target->ended_at < fetch->ended_at) {
        fetch = target.get();
      }
    } else if (const double staleness = Staleness(*target, now, wall_now);
               poll == nullptr || staleness > stalest ||
               (staleness == stalest && target->joined_at < poll->joined_at)) {
      poll = target.get();
      stalest = staleness;
    }
  }
  contended_ = demand > rate * kContended;
  if (fetch != nullptr && (poll == nullptr || fetches_ + 1 < kFetchesPerPoll)) {
    ++fetches_;
    return {fetch, nullptr, now};
  }
  if (poll == nullptr) return {nullptr, nullptr, next_due};
  fetches_ = 0;
  return Poll(targets, *poll, now);
}

PollPlan PollPlanner::Poll(PollTargets& targets, PollTarget& stalest,
                           absl::Time now) {
  PageMap::Page* const page = MayFetchPages(now) && !stalest.missed
                                  ? PageOver(targets, stalest, now)
                                  : nullptr;
  if (page != nullptr) return {nullptr, page, now};
  yield_ = std::min(1.0, yield_ + kYieldRecovery);
  return {&stalest, nullptr, now};
}

// The page to fetch for `stalest`; null where a GET is worth more.
PageMap::Page* PollPlanner::PageOver(PollTargets& targets,
                                     const PollTarget& stalest,
                                     absl::Time now) {
  const bool placed = stalest.created != absl::InfinitePast();
  PageMap::Page* const page = placed
                                  ? &pages_.For(stalest.created)
                                  : pages_.NotFetchedSince(stalest.joined_at);
  if (page == nullptr || page->under_way) return nullptr;
  if (placed && !page->Spans(stalest.created)) return nullptr;
  double worth = 0;
  for (const auto& [id, target] : targets) {
    if (target->under_way() || target->ended || target->missed) continue;
    const bool maybe_on_it = target->created == absl::InfinitePast()
                                 ? page->fetched_at < target->joined_at
                                 : page->Spans(target->created);
    if (maybe_on_it) worth += WorthOf(*target, now);
  }
  if (!placed || !page->known()) {
    worth = std::min(worth, kPageSize * yield_);
  }
  return worth > 1 || policy_ == PagePolicy::kAlways ? page : nullptr;
}

bool PollPlanner::MayFetchPages(absl::Time now) const {
  if (now < no_pages_until_) return false;
  switch (policy_) {
    case PagePolicy::kByCost:
      return contended_;
    case PagePolicy::kNever:
      return false;
    case PagePolicy::kAlways:
      return true;
  }
  return false;
}

double PollPlanner::WorthOf(const PollTarget& target, absl::Time now) const {
  if (!target.seen()) return 1;
  const double waited = absl::ToDoubleSeconds(now - target.asked_at) /
                        absl::ToDoubleSeconds(target.interval());
  return std::clamp(waited, 0.0, 1.0) * (1 - ended_share_);
}

double PollPlanner::Staleness(const PollTarget& target, absl::Time now,
                              absl::Time wall_now) const {
  if (!target.seen()) return std::numeric_limits<double>::infinity();
  const v1::Prediction& known = target.watch.newest()->prediction;
  const double stretch =
      history_.Stretch(known.model(), AgeOf(known, wall_now));
  return absl::ToDoubleSeconds(now - target.seen_at) /
         (absl::ToDoubleSeconds(target.interval()) * stretch);
}

void PollPlanner::OnPage(PageMap::Page& page, absl::Time asked_at,
                         const PredictionPage& shown, int found, int ended) {
  if (found > 0) {
    ended_share_ +=
        kEndedGain * (static_cast<double>(ended) / found - ended_share_);
  }
  // Of known pages, too: a search goes through them as well.
  yield_ += kYieldGain * (static_cast<double>(found) / kPageSize - yield_);
  pages_.Learn(page, asked_at, shown);
}

}  // namespace wriftai
