#include "upstream/watch/poll_queue.h"

#include <algorithm>
#include <cassert>
#include <iterator>
#include <tuple>

#include "upstream/prediction_state.h"

namespace wriftai {

bool PollQueue::Before::operator()(const Entry& a, const Entry& b) const {
  if (a.key != b.key) return a.key < b.key;
  if (a.target->joined_at != b.target->joined_at) {
    return a.target->joined_at < b.target->joined_at;
  }
  return a.target->watch.id() < b.target->watch.id();
}

void PollQueue::OnChanged(PollTarget& target) {
  if (std::exchange(target.position.changed, true)) return;
  changed_.insert(&target);
}

void PollQueue::OnAllChanged() {
  for (const auto& [id, target] : targets_) OnChanged(*target);
}

void PollQueue::Remove(PollTarget& target) {
  if (target.position.changed) changed_.erase(&target);
  Set(target, PollPosition());
}

void PollQueue::Refresh(const Instant& now) {
  auto next = targets_.upper_bound(refreshed_);
  const size_t count = std::min<size_t>(kRefreshed, targets_.size());
  for (size_t i = 0; i < count; ++i, ++next) {
    if (next == targets_.end()) next = targets_.begin();
    Place(*next->second, now);
    refreshed_ = next->first;
  }
}

absl::Time PollQueue::NextDue(Allowed allowed, const Instant& now) {
  const Due due = FindDue(allowed, now);
  absl::Time next = now.now;
  if (due.retry == nullptr && due.output == nullptr && due.unseen == nullptr &&
      due.seen == nullptr) {
    const PollTarget* const first = First(waiting_, allowed, now);
    next = first == nullptr ? absl::InfiniteFuture() : first->position.key;
  }
  return next;
}

PollQueue::Due PollQueue::FindDue(Allowed allowed, const Instant& now) {
  PlaceChanged(now);
  assert(AllReported(now));
  for (Order& order : waiting_) {
    while (!order.empty() && order.begin()->key <= now.now) {
      Place(*order.begin()->target, now);
    }
  }
  Due due;
  due.retry = First(retries_, allowed, now);
  due.output = First(outputs_, allowed, now);
  due.unseen = First(unseen_, allowed, now);
  FindSeen(allowed, now, due);
  return due;
}

void PollQueue::FindSeen(Allowed allowed, const Instant& now, Due& due) {
  for (auto group = seen_.begin(); group != seen_.end();) {
    const auto& [interval, gets] = group->first;
    if (group->second.empty()) {
      group = seen_.erase(group);
      continue;
    }
    PollTarget& first = *group->second.begin()->target;
    if (Place(first, now)) {
      // It may have gone to a group that was passed already.
      group = seen_.begin();
      due.seen = nullptr;
      continue;
    }
    const double staleness =
        absl::FDivDuration(now.now - first.seen_at, interval);
    if (IsAllowed(gets, allowed) &&
        (due.seen == nullptr || staleness > due.staleness ||
         (staleness == due.staleness &&
          first.joined_at < due.seen->joined_at))) {
      due.seen = &first;
      due.staleness = staleness;
    }
    ++group;
  }
}

PollTarget* PollQueue::FindToConfirm(absl::Duration min_unverified,
                                     double overdue_factor,
                                     const Instant& now) {
  PlaceChanged(now);
  PollTarget* best = nullptr;
  double best_priority = 0;
  for (size_t overdue = 0; overdue < confirmable_.size(); ++overdue) {
    for (auto entry = confirmable_[overdue].begin();
         entry != confirmable_[overdue].end();) {
      PollTarget& target = *entry->target;
      const absl::Duration unverified = now.now - entry->key;
      if (unverified < min_unverified) break;
      const absl::Time since = entry->key;
      ++entry;
      Place(target, now);
      const PollPosition& position = target.position;
      const bool stays = position.confirmable &&
                         position.overdue == (overdue == 1) &&
                         position.unverified_since == since;
      if (!stays || target.get != nullptr ||
          now.now < target.get_sent_at + target.interval()) {
        continue;
      }
      const double priority = absl::ToDoubleSeconds(unverified) *
                              (overdue == 0 ? 1 : overdue_factor);
      if (priority > best_priority) {
        best = &target;
        best_priority = priority;
      }
      break;
    }
  }
  return best;
}

double PollQueue::demand() const {
  double demand = 0;
  for (const auto& [interval, count] : asked_) {
    demand += static_cast<double>(count) / absl::ToDoubleSeconds(interval);
  }
  return demand;
}

void PollQueue::VisitCreated(absl::Time newer, absl::Time oldest, Visit visit) {
  for (auto entry = listed_.lower_bound(newer); entry != listed_.begin();) {
    --entry;
    if (entry->key < oldest || entry->key == absl::InfinitePast()) return;
    if (!visit(*entry->target)) return;
  }
}

void PollQueue::VisitUnlisted(absl::Time since, Visit visit) {
  for (auto entry = listed_.upper_bound(absl::InfinitePast());
       entry != listed_.begin();) {
    --entry;
    if (entry->target->joined_at <= since || !visit(*entry->target)) return;
  }
}

PollPosition PollQueue::PositionOf(const PollTarget& target,
                                   const Instant& now) const {
  PollPosition position;
  position.listed = true;
  position.created = target.created;
  const bool failing = target.failures.any();
  if (!target.watch.idle()) {
    position.asked = target.interval();
    if (target.page_observation.has_value() && !target.output_pending &&
        !failing) {
      const v1::Prediction& item = target.page_observation->item;
      position.confirmable = true;
      position.overdue =
          run_durations_.IsOverdue(item.model(), AgeOf(item, now.wall));
      position.unverified_since =
          std::max(target.verified_at, target.joined_at);
    }
  }
  const absl::Time due = target.DueAt();
  if (due == absl::InfiniteFuture()) return position;
  position.gets = failing                  ? Gets::kFailing
                  : target.has_succeeded() ? Gets::kTried
                                           : Gets::kUntried;
  if (due > now.now) {
    position.kind = Kind::kWaiting;
    position.key = due;
  } else if (failing) {
    position.kind = Kind::kRetry;
    position.key = target.failures.not_before();
  } else if (target.output_pending) {
    position.kind = Kind::kOutput;
    position.key = target.ended_at;
  } else if (!target.seen()) {
    position.kind = Kind::kUnseen;
    position.key = target.joined_at;
  } else {
    const v1::Prediction& known = target.watch.newest()->prediction;
    position.kind = Kind::kSeen;
    position.key = target.seen_at;
    position.interval =
        target.interval() * run_durations_.IntervalMultiplier(
                                known.model(), AgeOf(known, now.wall));
  }
  return position;
}

// Returns whether its place among the polls has changed.
bool PollQueue::Place(PollTarget& target, const Instant& now) {
  PollPosition position = PositionOf(target, now);
  position.changed = target.position.changed;
  return Set(target, position);
}

// As Place().
bool PollQueue::Set(PollTarget& target, const PollPosition& position) {
  const PollPosition before = std::exchange(target.position, position);
  const auto poll = [](const PollPosition& at) {
    return std::tie(at.kind, at.gets, at.key, at.interval);
  };
  const bool moved = poll(before) != poll(position);
  if (moved) {
    if (before.kind != Kind::kNone) {
      PollsAt(before).erase({before.key, &target});
    }
    if (position.kind != Kind::kNone) {
      PollsAt(position).insert({position.key, &target});
    }
  }
  const auto confirmation = [](const PollPosition& at) {
    return std::tie(at.confirmable, at.overdue, at.unverified_since);
  };
  if (confirmation(before) != confirmation(position)) {
    if (before.confirmable) {
      confirmable_[before.overdue ? 1 : 0].erase(
          {before.unverified_since, &target});
    }
    if (position.confirmable) {
      confirmable_[position.overdue ? 1 : 0].insert(
          {position.unverified_since, &target});
    }
  }
  if (before.listed != position.listed || before.created != position.created) {
    if (before.listed) listed_.erase({before.created, &target});
    if (position.listed) listed_.insert({position.created, &target});
  }
  if (before.asked != position.asked) {
    const auto asked = asked_.find(before.asked);
    if (asked != asked_.end() && --asked->second == 0) asked_.erase(asked);
    if (position.asked > absl::ZeroDuration()) ++asked_[position.asked];
  }
  return moved;
}

PollQueue::Order& PollQueue::PollsAt(const PollPosition& position) {
  const auto gets = static_cast<size_t>(position.gets);
  switch (position.kind) {
    case Kind::kRetry:
      return retries_[gets];
    case Kind::kOutput:
      return outputs_[gets];
    case Kind::kUnseen:
      return unseen_[gets];
    case Kind::kSeen:
      return seen_[{position.interval, position.gets}];
    case Kind::kWaiting:
    case Kind::kNone:
      break;
  }
  return waiting_[gets];
}

void PollQueue::PlaceChanged(const Instant& now) {
  for (PollTarget* const target : std::exchange(changed_, {})) {
    target->position.changed = false;
    Place(*target, now);
  }
}

// The first target of `order` that still belongs there.
PollTarget* PollQueue::First(Order& order, const Instant& now) {
  while (!order.empty()) {
    PollTarget& first = *order.begin()->target;
    if (!Place(first, now)) return &first;
  }
  return nullptr;
}

PollTarget* PollQueue::First(std::array<Order, kGets>& orders, Allowed allowed,
                             const Instant& now) {
  PollTarget* best = nullptr;
  for (const Gets gets : {Gets::kFailing, Gets::kUntried, Gets::kTried}) {
    if (!IsAllowed(gets, allowed)) continue;
    PollTarget* const first = First(orders[static_cast<size_t>(gets)], now);
    if (first != nullptr &&
        (best == nullptr || Before()(Entry{first->position.key, first},
                                     Entry{best->position.key, best}))) {
      best = first;
    }
  }
  return best;
}

bool PollQueue::IsAllowed(Gets gets, Allowed allowed) {
  switch (gets) {
    case Gets::kFailing:
      return allowed.failing;
    case Gets::kUntried:
      return allowed.untried;
    case Gets::kTried:
      return true;
  }
  return true;
}

// Whether no target has moved forward unreported. Only for an assertion.
bool PollQueue::AllReported(const Instant& now) const {
  for (const auto& [id, target] : targets_) {
    const PollPosition& known = target->position;
    const PollPosition actual = PositionOf(*target, now);
    if (actual.kind == Kind::kNone) continue;
    const bool known_due = known.kind == Kind::kWaiting
                               ? known.key <= now.now
                               : known.kind != Kind::kNone;
    if (actual.kind != Kind::kWaiting && !known_due) return false;
    if (known.kind == Kind::kNone) return false;
    if (known.kind == actual.kind && known.key > actual.key) return false;
  }
  return true;
}

}  // namespace wriftai
