#include "tests/upstream/cluster/simulation/sender_check.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace wriftai::cluster {
namespace {

// Messages and checks take their time.
constexpr absl::Duration kTolerance = absl::Milliseconds(40);

constexpr absl::Duration kRecordInterval = absl::Milliseconds(500);

}  // namespace

void SenderCheck::Run() {
  RecordAcquaintances();
  for (size_t tag = 0; tag < tags_.size(); ++tag) {
    bool granting = false;
    for (size_t slot = 0; slot < kMaxSlots; ++slot) {
      if (!cluster_.IsRunning(slot) ||
          !cluster_.node(slot)->tenures.MayGrant(tags_[tag])) {
        continue;
      }
      granting = true;
      Check(tag, slot);
    }
    ++checks_;
    if (granting) ++granting_;
  }
}

SenderCheck::Grant SenderCheck::GrantOf(size_t slot) const {
  const Session& session = cluster_.node(slot)->session;
  return {cluster_.now(), session.id(), session.began_at(),
          session.last_good_read()};
}

void SenderCheck::Check(size_t tag, size_t slot) {
  const Grant grant = GrantOf(slot);
  for (size_t other = 0; other < kMaxSlots; ++other) {
    const Grant& before = last_[tag][other];
    if (grant.session == before.session ||
        grant.at - before.at >= cluster_.times.takeover_pause - kTolerance) {
      continue;
    }
    const bool is_joiner = grant.began_at >= before.began_at;
    if (is_joiner ? IsPartitioned(other, before, slot, grant)
                  : IsPartitioned(slot, grant, other, before)) {
      partitioned_ = true;
      continue;
    }
    violations_.push_back(absl::StrCat(
        "two senders for ", tags_[tag], ": ", before.session, " at ",
        absl::FormatTime(before.at, absl::UTCTimeZone()), ", ", grant.session,
        " at ", absl::FormatTime(grant.at, absl::UTCTimeZone())));
  }
  last_[tag][slot] = grant;
}

bool SenderCheck::IsPartitioned(size_t old_slot, const Grant& old,
                                size_t new_slot, const Grant& joined) const {
  if (old_slot == new_slot) return false;
  if (joined.began_at <= old.last_good_read) return false;
  if (AreConnected(old_slot, new_slot, joined.began_at)) return false;
  // A process without a session is not a member, and is not asked.
  for (const Peer& asked : KnownTo(old_slot, old.at)) {
    size_t slot = 0;
    if (!absl::SimpleAtoi(asked.address, &slot) || slot == old_slot ||
        slot == new_slot || !AreConnected(slot, old_slot, joined.began_at)) {
      continue;
    }
    for (const Peer& named : KnownTo(slot, old.at)) {
      if (named.session == joined.session) return false;
    }
  }
  return true;
}

void SenderCheck::RecordAcquaintances() {
  const absl::Time now = cluster_.now();
  if (!acquaintances_.empty() &&
      now - acquaintances_.back().at < kRecordInterval) {
    return;
  }
  Acquaintances& all = acquaintances_.emplace_back();
  all.at = now;
  for (size_t slot = 0; slot < kMaxSlots; ++slot) {
    const auto& node = cluster_.slot(slot).node;
    if (node != nullptr) all.peers[slot] = node->peers.All();
  }
  if (now - acquaintances_.front().at > absl::Seconds(5)) {
    acquaintances_.pop_front();
  }
}

std::vector<Peer> SenderCheck::KnownTo(size_t slot,
                                       absl::Time granted_at) const {
  for (auto all = acquaintances_.rbegin(); all != acquaintances_.rend();
       ++all) {
    if (all->at <= granted_at - cluster_.times.certainty) {
      return all->peers[slot];
    }
  }
  return {};
}

bool SenderCheck::AreConnected(size_t a, size_t b, absl::Time since) const {
  for (const size_t slot : {a, b}) {
    const SimCluster::Slot& place = cluster_.slot(slot);
    if (place.node == nullptr || place.started_at > since ||
        place.woke_at > since) {
      return false;
    }
  }
  return cluster_.faults.link_was_bad[a][b] <= since;
}

}  // namespace wriftai::cluster
