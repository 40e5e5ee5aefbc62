#include "tests/upstream/cluster/simulation/scenario.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

namespace wriftai::cluster {
namespace {

constexpr absl::Duration kCheckInterval = absl::Milliseconds(20);

// Enough for a few faults, one of which may be a partition that outlives
// several sessions.
constexpr absl::Duration kFaultyTime = absl::Seconds(30);

// Any fault has passed, sessions have begun, claims and pauses are over.
constexpr absl::Duration kRecoveryTime = absl::Seconds(12);

}  // namespace

Scenario::Scenario(FaultPattern pattern, CoordinationOutage outage,
                   uint64_t seed, std::vector<std::string> tags)
    : pattern_(pattern), tags_(std::move(tags)), cluster_(seed, outage) {}

void Scenario::Run() {
  const size_t replicas = 3 + Pick(3);
  for (size_t slot = 0; slot < replicas; ++slot) {
    cluster_.Start(slot, Between(0, 1));
  }
  for (size_t slot = 0; slot < kMaxSlots; ++slot) UseCredentials(slot);
  creates_.Start();
  Check();
  cluster_.RunFor(absl::Seconds(4));
  InjectFaults(cluster_.now() + kFaultyTime);
  cluster_.RunFor(kFaultyTime);
  Heal();
  cluster_.RunFor(kRecoveryTime);
  CheckRecovery();
}

std::vector<std::string> Scenario::Violations() const {
  std::vector<std::string> all = senders_.violations();
  const std::vector<std::string>& creates = creates_.violations();
  all.insert(all.end(), creates.begin(), creates.end());
  all.insert(all.end(), violations_.begin(), violations_.end());
  return all;
}

size_t Scenario::Pick(size_t count) {
  return static_cast<size_t>(cluster_.random.Uniform() *
                             static_cast<double>(count));
}

absl::Duration Scenario::Between(double min, double max) {
  return absl::Seconds(min + (max - min) * cluster_.random.Uniform());
}

void Scenario::Check() {
  senders_.Run();
  cluster_.RunIn(kCheckInterval, [this] { Check(); });
}

void Scenario::UseCredentials(size_t slot) {
  if (cluster_.IsRunning(slot)) {
    for (const std::string& tag : tags_) {
      if (Pick(2) == 0) (void)cluster_.node(slot)->tenures.Use(tag);
    }
  }
  cluster_.RunIn(Between(0.1, 1), [this, slot] { UseCredentials(slot); });
}

void Scenario::InjectFaults(absl::Time end) {
  if (healed_ || cluster_.now() > end) return;
  InjectFault();
  const bool overlap = pattern_ == FaultPattern::kOverlapping ||
                       pattern_ == FaultPattern::kPartitions;
  const absl::Duration pause = overlap ? Between(0.3, 4) : Between(10, 13);
  cluster_.RunIn(pause, [this, end] { InjectFaults(end); });
}

size_t Scenario::AnySlot() {
  std::vector<size_t> used;
  for (size_t slot = 0; slot < kMaxSlots; ++slot) {
    if (cluster_.node(slot) != nullptr) used.push_back(slot);
  }
  return used.empty() ? 0 : used[Pick(used.size())];
}

size_t Scenario::OwnerSlot() {
  for (size_t slot = 0; slot < kMaxSlots; ++slot) {
    if (cluster_.node(slot) != nullptr &&
        cluster_.node(slot)->tenures.EpochOf(tags_[0]).has_value()) {
      return slot;
    }
  }
  return AnySlot();
}

void Scenario::InjectFault() {
  const absl::Duration duration =
      Pick(3) == 0 ? Between(0.05, 0.8)
                   : (Pick(2) == 0 ? Between(0.5, 3) : Between(2, 9));
  const absl::Time until = cluster_.now() + duration;
  const size_t slot = Pick(2) == 0 ? OwnerSlot() : AnySlot();
  SimFaults& faults = cluster_.faults;
  if (pattern_ == FaultPattern::kJoins) return ReplaceReplicas();
  if (pattern_ == FaultPattern::kPartitions && Pick(2) == 0) {
    if (Pick(3) == 0) return PartitionAndRevoke(duration);
    Partition(duration);
    return;
  }
  switch (const size_t kind = Pick(18)) {
    case 0:
    case 1:
      return cluster_.Stop(slot, duration);
    case 2:
      cluster_.Kill(slot);
      return cluster_.Start(slot, duration);
    case 3:
    case 4:
      faults.cut[slot] = std::max(faults.cut[slot], until);
      return;
    case 5:
      faults.stuck[slot] = std::max(faults.stuck[slot], until);
      return;
    case 6:
      return faults.CutLink(slot, AnySlot(), until);
    case 7:
      return cluster_.Start(Pick(kMaxSlots));
    case 8:
      return JoinWhileOthersAreCut();
    case 9:
      if (cluster_.node(slot) == nullptr) return;
      return cluster_.node(slot)->tenures.Release(tags_[Pick(tags_.size())]);
    case 10: {
      // The successor may have ended, or never hear of it.
      const size_t successor = AnySlot();
      if (!cluster_.IsRunning(slot) || successor == slot ||
          cluster_.node(successor) == nullptr) {
        return;
      }
      return cluster_.node(slot)->tenures.HandOver(
          tags_[Pick(tags_.size())], cluster_.node(successor)->session.id());
    }
    default:
      return InjectStoreFault(static_cast<int>(kind), duration);
  }
}

void Scenario::InjectStoreFault(int kind, absl::Duration duration) {
  const absl::Time until = cluster_.now() + duration;
  SimFaults& faults = cluster_.faults;
  StoreState& state = cluster_.store.state;
  switch (kind) {
    case 11:
      return cluster_.store.StopUntil(until);
    case 12:
      faults.store_hangs = std::max(faults.store_hangs, until);
      return;
    case 13: {
      // etcd has revoked leases early.
      SimNode* const node = cluster_.node(OwnerSlot());
      if (node != nullptr && node->session.active()) {
        (void)state.RevokeLease(node->session.lease());
      }
      return;
    }
    case 14:
      return state.Compact(state.revision());
    case 15:
      state.set_full(true);
      return cluster_.RunIn(duration, [&state] { state.set_full(false); });
    case 16:
      faults.slow = std::max(faults.slow, until);
      return;
    default:
      return faults.LoseMessages(until);
  }
}

std::vector<bool> Scenario::Partition(absl::Duration duration) {
  std::vector<bool> side(kMaxSlots);
  for (size_t slot = 0; slot < kMaxSlots; ++slot) side[slot] = Pick(5) < 3;
  const absl::Time until = cluster_.now() + duration;
  SimFaults& faults = cluster_.faults;
  for (size_t a = 0; a < kMaxSlots; ++a) {
    if (!side[a]) continue;
    faults.cut[a] = std::max(faults.cut[a], until);
    for (size_t b = 0; b < kMaxSlots; ++b) {
      if (!side[b]) faults.CutLink(a, b, until);
    }
  }
  return side;
}

// The store ends the sessions on the one side while responses to their last
// reads are under way.
void Scenario::PartitionAndRevoke(absl::Duration duration) {
  const absl::Duration slow = Between(0.3, 1);
  cluster_.faults.slow = std::max(cluster_.faults.slow, cluster_.now() + slow);
  cluster_.RunIn(slow, [this, duration] {
    if (healed_) return;
    const std::vector<bool> side = Partition(duration);
    for (size_t slot = 0; slot < kMaxSlots; ++slot) {
      SimNode* const node = cluster_.node(slot);
      if (!side[slot] || node == nullptr || !node->session.active()) continue;
      (void)cluster_.store.state.RevokeLease(node->session.lease());
    }
  });
}

// The case that the book is for.
void Scenario::JoinWhileOthersAreCut() {
  SimFaults& faults = cluster_.faults;
  for (size_t slot = 0; slot < kMaxSlots; ++slot) {
    if (cluster_.node(slot) != nullptr) {
      faults.cut[slot] =
          std::max(faults.cut[slot], cluster_.now() + Between(5, 9));
    } else {
      cluster_.Start(slot, Between(0, 4));
    }
  }
}

// The same, but the owner hears of the new replicas only from another old one,
// or late. The old ones see the others end first.
void Scenario::ReplaceReplicas() {
  const bool is_late = Pick(2) == 0;
  const size_t owner = OwnerSlot();
  size_t kept = 1;
  for (size_t slot = 0; slot < kMaxSlots; ++slot) {
    if (slot == owner || cluster_.node(slot) == nullptr) continue;
    if (is_late || ++kept > 2) cluster_.Kill(slot);
  }
  cluster_.RunIn(absl::Seconds(3), [this, owner, is_late] {
    if (healed_) return;
    if (is_late) return JoinOverSlowLinks(owner);
    for (size_t slot = 0; slot < kMaxSlots; ++slot) {
      if (cluster_.node(slot) != nullptr) continue;
      cluster_.faults.CutLink(owner, slot, cluster_.now() + absl::Seconds(9));
    }
    JoinWhileOthersAreCut();
  });
}

// The owner's session has ended by then.
void Scenario::JoinOverSlowLinks(size_t owner) {
  SimFaults& faults = cluster_.faults;
  const absl::Time until = cluster_.now() + Between(7, 9);
  faults.cut[owner] = std::max(faults.cut[owner], until);
  cluster_.RunIn(Between(2.2, 4), [this, &faults, owner] {
    if (healed_) return;
    faults.slow_links = cluster_.now() + absl::Seconds(4);
    cluster_.Start((owner + 1) % kMaxSlots);
  });
}

void Scenario::Heal() {
  healed_ = true;
  const absl::Time now = cluster_.now();
  SimFaults& faults = cluster_.faults;
  faults.cut.fill(now);
  faults.stuck.fill(now);
  for (auto& links : faults.link_cut) links.fill(now);
  faults.slow = std::min(faults.slow, now);
  faults.slow_links = std::min(faults.slow_links, now);
  faults.lossy = std::min(faults.lossy, now);
  faults.store_hangs = std::min(faults.store_hangs, now);
  faults.store_down = std::min(faults.store_down, now);
  cluster_.store.state.set_full(false);
}

// Each credential has a sender again, and no create is left behind.
void Scenario::CheckRecovery() {
  bool running = false;
  size_t attempts = 0;
  for (size_t slot = 0; slot < kMaxSlots; ++slot) {
    if (!cluster_.IsRunning(slot)) continue;
    running = true;
    attempts += cluster_.node(slot)->requests.attempts();
  }
  if (!running) return;
  for (const std::string& tag : tags_) {
    size_t senders = 0;
    for (size_t slot = 0; slot < kMaxSlots; ++slot) {
      if (cluster_.IsRunning(slot) &&
          cluster_.node(slot)->tenures.MayGrant(tag)) {
        ++senders;
      }
    }
    if (senders == 1) continue;
    violations_.push_back(absl::StrCat(tag, " has ", senders,
                                       " senders after all faults have passed, "
                                       "expected 1"));
  }
  // Those of the last seconds are still being answered.
  if (attempts > 10) {
    violations_.push_back(absl::StrCat(attempts, " creates are never settled"));
  }
}

}  // namespace wriftai::cluster
