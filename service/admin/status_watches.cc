#include "service/admin/status_watches.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace wriftai {
namespace {

// How long a prediction has been watched. It takes seconds if its model is
// warm, minutes if not, and runs for at most 30 minutes.
constexpr std::array<absl::Duration, 4> kAgeBounds = {
    absl::Seconds(10), absl::Minutes(1), absl::Minutes(10), absl::Hours(1)};

enum WatchState { kNone, kPending, kStarted, kUnknown, kEnded, kStates };

constexpr std::array<const char*, kStates> kStateNames = {
    "no state yet", "pending", "started", "unknown status", "ended"};

WatchState StateOf(const PollTarget& target) {
  if (target.output_pending || target.watch.ended()) return kEnded;
  if (target.watch.newest() == nullptr) return kNone;
  switch (target.watch.newest()->prediction.status()) {
    case v1::PREDICTION_STATUS_PENDING:
      return kPending;
    case v1::PREDICTION_STATUS_STARTED:
      return kStarted;
    default:
      return kUnknown;
  }
}

size_t AgeGroup(absl::Duration age) {
  return static_cast<size_t>(
      std::upper_bound(kAgeBounds.begin(), kAgeBounds.end(), age) -
      kAgeBounds.begin());
}

struct Group {
  std::array<int64_t, kAgeBounds.size() + 1> by_age{};
  size_t waiters = 0;
  absl::Duration oldest_state;
};

struct Table {
  std::array<Group, kStates> groups;
  int64_t failing = 0;
  int64_t webhook_active = 0;
};

void Add(const PollTarget& target, absl::Time now, Table& table,
         WatchSums& sums) {
  const WatchState state = StateOf(target);
  Group& group = table.groups[state];
  ++group.by_age[AgeGroup(now - target.joined_at)];
  group.waiters += target.watch.waiter_count();
  // Ended states do not get older; unseen predictions have no state.
  if (target.seen() && state != kEnded) {
    const absl::Duration age = now - target.seen_at;
    group.oldest_state = std::max(group.oldest_state, age);
    sums.oldest_state = std::max(sums.oldest_state, age);
  }
  sums.waiters += target.watch.waiter_count();
  ++sums.predictions;
  if (target.failures.any()) ++table.failing;
  if (target.webhook_backoff.active()) ++table.webhook_active;
}

void Fill(const Table& table, status::Watches& watches) {
  for (const absl::Duration bound : kAgeBounds) {
    watches.add_age_bounds_seconds(absl::ToDoubleSeconds(bound));
  }
  for (size_t state = 0; state < kStates; ++state) {
    const Group& group = table.groups[state];
    status::WatchGroup& entry = *watches.add_groups();
    entry.set_state(kStateNames[state]);
    for (const int64_t count : group.by_age) {
      entry.add_predictions(static_cast<double>(count));
    }
    entry.set_waiters(static_cast<double>(group.waiters));
    entry.set_oldest_state_seconds(absl::ToDoubleSeconds(group.oldest_state));
  }
  watches.set_failing(static_cast<double>(table.failing));
  watches.set_covered_by_webhooks(static_cast<double>(table.webhook_active));
}

}  // namespace

std::map<std::string, WatchSums> FillWatches(const Engine& engine,
                                             absl::Time now,
                                             const CredentialNameFn& name_of,
                                             status::Report& report) {
  Table table;
  WatchSums all;
  std::map<std::string, WatchSums> by_name;
  int polling = 0;
  int failing = 0;
  engine.ForEachCredential([&](const CredentialWatches& watches) {
    if (watches.table().targets().empty()) return;
    ++polling;
    WatchSums& sums =
        by_name[name_of(watches.table().credential()->display_name())];
    if (watches.polls().upstream_is_down()) {
      ++failing;
      sums.upstream_is_down = true;
    }
    for (const auto& [id, target] : watches.table().targets()) {
      // An idle watch has lost its last waiter and is about to be removed.
      if (!target->watch.idle()) Add(*target, now, table, sums);
    }
  });
  for (const auto& [name, sums] : by_name) {
    all.waiters += sums.waiters;
    all.predictions += sums.predictions;
    all.oldest_state = std::max(all.oldest_state, sums.oldest_state);
  }
  Fill(table, *report.mutable_watches());
  report.mutable_upstream()->set_polling_credentials(polling);
  report.mutable_upstream()->set_failing_credentials(failing);
  status::Waits& waits = *report.mutable_waits();
  waits.set_waiters(static_cast<double>(all.waiters));
  waits.set_predictions(static_cast<double>(all.predictions));
  waits.set_oldest_state_seconds(absl::ToDoubleSeconds(all.oldest_state));
  return by_name;
}

}  // namespace wriftai
