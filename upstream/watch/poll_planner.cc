#include "upstream/watch/poll_planner.h"

#include <algorithm>
#include <tuple>

#include "upstream/prediction_state.h"

namespace wriftai {
namespace {

// Share of the budget. With less demand, every target gets its own GET.
constexpr double kContended = 0.9;

// Weight of a new page in ended_share_.
constexpr double kEndedGain = 0.2;

// A target without a GET for at least this long may be confirmed.
constexpr absl::Duration kMinUnverified = absl::Seconds(8);

// Factor of the confirmation priority of a target that should have ended.
constexpr double kOverduePriority = 8;

// How much yield_ recovers with each GET.
constexpr double kYieldRecovery = 0.01;

}  // namespace

PollPlan PollPlanner::Next(PollTargets& targets,
                           const UnreliableGets& unreliable, double rate,
                           absl::Time now, absl::Time wall_now) {
  const Candidates due =
      FindCandidates(targets, unreliable, rate, now, wall_now);
  const bool polls = due.seen != nullptr || due.unseen != nullptr;
  const bool others = due.output != nullptr || polls;
  if (due.retry != nullptr &&
      (!others || requests_since_retry_ + 1 >= kPollsPerRetry)) {
    requests_since_retry_ = 0;
    return Retry(targets, *due.retry, now);
  }
  if (!others) return {nullptr, nullptr, due.next_due};
  ++requests_since_retry_;
  if (due.output != nullptr && (!polls || fetches_ + 1 < kFetchesPerPoll)) {
    ++fetches_;
    return {due.output, nullptr, now};
  }
  fetches_ = 0;
  if (due.confirm != nullptr) return {due.confirm, nullptr, now, true};
  return Poll(targets, *Stalest(due), now);
}

PollPlan PollPlanner::Retry(PollTargets& targets, PollTarget& target,
                            absl::Time now) {
  const bool by_page = !retried_by_page_ && !target.output_pending &&
                       !target.missing_from_page &&
                       !target.failures.maybe_permanent() && MayFetchPages(now);
  PageMap::Page* const page =
      by_page ? ChoosePage(targets, target, now) : nullptr;
  retried_by_page_ = page != nullptr;
  if (page != nullptr) return {nullptr, page, now};
  return {&target, nullptr, now};
}

// The target to poll next.
PollTarget* PollPlanner::Stalest(const Candidates& due) {
  const bool late = due.seen != nullptr && due.staleness > kLateIntervals;
  polled_unseen_ = due.unseen != nullptr && !(polled_unseen_ && late);
  return polled_unseen_ ? due.unseen : due.seen;
}

PollPlanner::Candidates PollPlanner::FindCandidates(
    PollTargets& targets, const UnreliableGets& unreliable, double rate,
    absl::Time now, absl::Time wall_now) {
  Candidates best;
  double best_priority = 0;
  // Uses the demand of the last plan, since this one's is not known yet.
  const bool confirm = MayFetchPages(now) && now >= list_trust_.confirm_at();
  double demand = 0;
  for (auto& [id, target] : targets) {
    const bool failing = target->failures.any();
    if (!target->watch.idle()) {
      demand += 1 / absl::ToDoubleSeconds(target->interval());
    }
    const double priority =
        confirm ? ConfirmationPriority(*target, now, wall_now) : 0;
    if (priority > best_priority) {
      best.confirm = target.get();
      best_priority = priority;
    }
    const absl::Time due = DueAt(*target, unreliable);
    if (due > now) {
      best.next_due = std::min(best.next_due, due);
    } else if (failing) {
      if (best.retry == nullptr ||
          target->failures.not_before() < best.retry->failures.not_before()) {
        best.retry = target.get();
      }
    } else if (target->output_pending) {
      if (best.output == nullptr || target->ended_at < best.output->ended_at) {
        best.output = target.get();
      }
    } else if (!target->seen()) {
      if (best.unseen == nullptr ||
          target->joined_at < best.unseen->joined_at) {
        best.unseen = target.get();
      }
    } else if (const double staleness = Staleness(*target, now, wall_now);
               best.seen == nullptr || staleness > best.staleness ||
               (staleness == best.staleness &&
                target->joined_at < best.seen->joined_at)) {
      best.seen = target.get();
      best.staleness = staleness;
    }
  }
  contended_ = demand > rate * kContended;
  return best;
}

absl::Time PollPlanner::DueAt(const PollTarget& target,
                              const UnreliableGets& unreliable) {
  const bool full =
      target.failures.any()
          ? unreliable.failing >= kMaxFailingGets
          : !target.has_succeeded() && unreliable.untried >= kMaxUntriedGets;
  return full ? absl::InfiniteFuture() : target.DueAt();
}

PollTarget* PollPlanner::NextProbe(PollTargets& targets, absl::Time since,
                                   bool prefer_succeeded, bool* untried) {
  const auto is_new = [](const PollTarget& target) {
    return !target.seen() && target.get_sent_at == absl::InfinitePast();
  };
  // Greater is better.
  const auto rank = [&](const PollTarget& target) {
    const bool tried = target.get_sent_at >= since;
    return std::make_tuple(
        prefer_succeeded ? target.has_succeeded() : is_new(target), !tried,
        tried ? absl::InfinitePast() : target.succeeded_at,
        absl::InfiniteFuture() - target.get_sent_at,
        absl::InfiniteFuture() - target.joined_at);
  };
  PollTarget* best = nullptr;
  *untried = false;
  for (auto& [id, target] : targets) {
    if (target->get != nullptr || target->watch.idle() ||
        target->watch.ended()) {
      continue;
    }
    *untried = *untried || is_new(*target);
    if (best == nullptr || rank(*target) > rank(*best)) best = target.get();
  }
  return best;
}

PageMap::Page* PollPlanner::ProbePage() {
  PageMap::Page& newest = pages_.At(absl::InfiniteFuture());
  return policy_ == PagePolicy::kNever || newest.in_flight ? nullptr : &newest;
}

PollPlan PollPlanner::Poll(PollTargets& targets, PollTarget& stalest,
                           absl::Time now) {
  PageMap::Page* const page = MayFetchPages(now) && !stalest.missing_from_page
                                  ? ChoosePage(targets, stalest, now)
                                  : nullptr;
  if (page != nullptr) return {nullptr, page, now};
  yield_ = std::min(1.0, yield_ + kYieldRecovery);
  return {&stalest, nullptr, now};
}

// The page to fetch for `stalest`; null if a GET is worth more.
PageMap::Page* PollPlanner::ChoosePage(PollTargets& targets,
                                       const PollTarget& stalest,
                                       absl::Time now) {
  const bool position_known = stalest.created != absl::InfinitePast();
  PageMap::Page* const page = position_known
                                  ? &pages_.For(stalest.created)
                                  : pages_.NotFetchedSince(stalest.joined_at);
  if (page == nullptr || page->in_flight || now < page->failures.not_before()) {
    return nullptr;
  }
  if (position_known && !page->Spans(stalest.created)) return nullptr;
  double worth = 0;
  for (const auto& [id, target] : targets) {
    if (target->get != nullptr || target->page_until > now ||
        target->output_pending || target->missing_from_page) {
      continue;
    }
    const bool may_be_on_page = target->created == absl::InfinitePast()
                                    ? page->fetched_at < target->joined_at
                                    : page->Spans(target->created);
    if (may_be_on_page) worth += PageWorth(*target, now);
  }
  if (!position_known || !page->known()) {
    worth = std::min(worth, kPageSize * yield_);
  }
  return worth > 1 || policy_ == PagePolicy::kAlways ? page : nullptr;
}

bool PollPlanner::MayFetchPages(absl::Time now) const {
  if (!list_trust_.usable(now)) return false;
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

double PollPlanner::PageWorth(const PollTarget& target, absl::Time now) const {
  if (!target.seen()) return 1;
  const double waited = absl::ToDoubleSeconds(now - target.requested_at) /
                        absl::ToDoubleSeconds(target.interval());
  return std::clamp(waited, 0.0, 1.0) * (1 - ended_share_);
}

double PollPlanner::Staleness(const PollTarget& target, absl::Time now,
                              absl::Time wall_now) const {
  const v1::Prediction& known = target.watch.newest()->prediction;
  const double multiplier =
      run_durations_.IntervalMultiplier(known.model(), AgeOf(known, wall_now));
  return absl::ToDoubleSeconds(now - target.seen_at) /
         (absl::ToDoubleSeconds(target.interval()) * multiplier);
}

// How useful a GET is to check what pages showed of the target. Zero if it is
// useless, or not allowed now.
double PollPlanner::ConfirmationPriority(const PollTarget& target,
                                         absl::Time now,
                                         absl::Time wall_now) const {
  if (!target.page_observation.has_value() || target.get != nullptr ||
      target.watch.idle() || target.output_pending || target.failures.any() ||
      now < target.get_sent_at + target.interval()) {
    return 0;
  }
  const v1::Prediction& item = target.page_observation->item;
  const bool overdue =
      run_durations_.IsOverdue(item.model(), AgeOf(item, wall_now));
  const absl::Duration unverified =
      now - std::max(target.verified_at, target.joined_at);
  // A recent GET or a new target gives nothing to check yet.
  if (unverified < kMinUnverified) return 0;
  return absl::ToDoubleSeconds(unverified) * (overdue ? kOverduePriority : 1);
}

void PollPlanner::OnPage(PageMap::Page& page, absl::Time requested_at,
                         const PredictionPage& shown, int found, int ended) {
  if (found > 0) {
    ended_share_ +=
        kEndedGain * (static_cast<double>(ended) / found - ended_share_);
  }
  // Includes pages fetched before, since searches go through them, too.
  yield_ += kYieldGain * (static_cast<double>(found) / kPageSize - yield_);
  pages_.Apply(page, requested_at, shown);
}

}  // namespace wriftai
