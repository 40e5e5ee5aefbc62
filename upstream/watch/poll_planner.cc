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

PollPlan PollPlanner::Next(PollQueue& targets, const UnreliableGets& unreliable,
                           double rate, const Instant& now) {
  targets.Refresh(now);
  // Uses the demand of the last plan: pages replace GETs one plan later.
  PollTarget* const confirm =
      MayFetchPages(now.now) && now.now >= list_trust_.confirm_at()
          ? targets.FindToConfirm(kMinUnverified, kOverduePriority, now)
          : nullptr;
  const PollQueue::Due due = targets.FindDue(Allowed(unreliable), now);
  contended_ = targets.demand() > rate * kContended;
  const bool polls = due.seen != nullptr || due.unseen != nullptr;
  const bool others = due.output != nullptr || polls;
  if (due.retry != nullptr &&
      (!others || requests_since_retry_ + 1 >= kPollsPerRetry)) {
    requests_since_retry_ = 0;
    return Retry(targets, *due.retry, now.now);
  }
  if (!others) {
    return {nullptr, nullptr, targets.NextDue(Allowed(unreliable), now)};
  }
  ++requests_since_retry_;
  if (due.output != nullptr && (!polls || fetches_ + 1 < kFetchesPerPoll)) {
    ++fetches_;
    return {due.output, nullptr, now.now};
  }
  fetches_ = 0;
  if (confirm != nullptr) return {confirm, nullptr, now.now, true};
  return Poll(targets, *Stalest(due), now.now);
}

PollPlan PollPlanner::Retry(PollQueue& targets, PollTarget& target,
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
PollTarget* PollPlanner::Stalest(const PollQueue::Due& due) {
  const bool late = due.seen != nullptr && due.staleness > kLateIntervals;
  polled_unseen_ = due.unseen != nullptr && !(polled_unseen_ && late);
  return polled_unseen_ ? due.unseen : due.seen;
}

PollQueue::Allowed PollPlanner::Allowed(const UnreliableGets& unreliable) {
  return {unreliable.failing < kMaxFailingGets,
          unreliable.untried < kMaxUntriedGets};
}

absl::Time PollPlanner::DueAt(const PollTarget& target,
                              const UnreliableGets& unreliable) {
  const PollQueue::Allowed allowed = Allowed(unreliable);
  const bool may = target.failures.any()
                       ? allowed.failing
                       : target.has_succeeded() || allowed.untried;
  return may ? target.DueAt() : absl::InfiniteFuture();
}

PollTarget* PollPlanner::NextProbe(PollTargets& targets, absl::Time since,
                                   bool prefer_succeeded, bool* untried) {
  const auto is_new = [](const PollTarget& target) {
    return !target.seen() && target.get_sent_at == absl::InfinitePast();
  };
  // The longer ago, the greater.
  const auto since_then = [](absl::Time time) {
    return absl::UnixEpoch() - time;
  };
  // Greater is better.
  const auto rank = [&](const PollTarget& target) {
    const bool tried = target.get_sent_at >= since;
    return std::make_tuple(
        prefer_succeeded ? target.has_succeeded() : is_new(target), !tried,
        tried ? absl::InfinitePast() : target.succeeded_at,
        since_then(target.get_sent_at), since_then(target.joined_at));
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

PollPlan PollPlanner::Poll(PollQueue& targets, PollTarget& stalest,
                           absl::Time now) {
  PageMap::Page* const page = MayFetchPages(now) && !stalest.missing_from_page
                                  ? ChoosePage(targets, stalest, now)
                                  : nullptr;
  if (page != nullptr) return {nullptr, page, now};
  yield_ = std::min(1.0, yield_ + kYieldRecovery);
  return {&stalest, nullptr, now};
}

// The page to fetch for `stalest`; null if a GET is worth more.
PageMap::Page* PollPlanner::ChoosePage(PollQueue& targets,
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
  const auto add = [&](const PollTarget& target) {
    if (target.get == nullptr && target.page_until <= now &&
        !target.output_pending && !target.missing_from_page) {
      worth += PageWorth(target, now);
    }
    // More makes no difference.
    return worth <= 1;
  };
  targets.VisitCreated(
      page->newer,
      page->known() && !page->is_last ? page->oldest : absl::InfinitePast(),
      add);
  targets.VisitUnlisted(page->fetched_at, add);
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
