#include "upstream/cluster/store_state.h"

#include <algorithm>
#include <variant>

namespace wriftai::cluster {
namespace {

absl::Status StoreFull() {
  return absl::ResourceExhaustedError("the store is full");
}

absl::Status LeaseNotFound() {
  return absl::NotFoundError("the lease does not exist");
}

}  // namespace

RangeResult StoreState::Range(const KeyRange& range) const {
  RangeResult result;
  result.revision = revision_;
  for (auto entry = entries_.lower_bound(range.begin);
       entry != entries_.end() && entry->first < range.end; ++entry) {
    result.entries.push_back(entry->second);
  }
  return result;
}

const KeyValue* StoreState::Find(const std::string& key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : &found->second;
}

bool StoreState::Holds(const Condition& condition) const {
  const KeyValue* const entry = Find(condition.key);
  if (entry == nullptr) return condition.revision == 0;
  return condition.revision ==
         (condition.field == Condition::Field::kModRevision
              ? entry->mod_revision
              : entry->create_revision);
}

absl::Status StoreState::CheckWrites(const Txn& txn) const {
  for (const Write& write : txn.writes) {
    const auto* const put = std::get_if<Put>(&write);
    if (put != nullptr && put->lease != 0 && leases_.count(put->lease) == 0) {
      return LeaseNotFound();
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<TxnResult> StoreState::Commit(const Txn& txn) {
  // etcd rejects these before it looks at the conditions.
  if (full_ &&
      std::any_of(txn.writes.begin(), txn.writes.end(), [](const Write& write) {
        return std::holds_alternative<Put>(write);
      })) {
    return StoreFull();
  }
  TxnResult result;
  result.applied =
      std::all_of(txn.conditions.begin(), txn.conditions.end(),
                  [this](const Condition& each) { return Holds(each); });
  if (result.applied) {
    if (absl::Status status = CheckWrites(txn); !status.ok()) return status;
    bool changed = false;
    for (const Write& write : txn.writes) {
      changed |=
          std::visit([this](const auto& each) { return Apply(each); }, write);
    }
    if (changed) OnCommitted();
  } else {
    for (const std::string& key : txn.else_keys) {
      const KeyValue* const entry = Find(key);
      result.read.push_back(entry == nullptr ? std::nullopt
                                             : std::make_optional(*entry));
    }
  }
  result.revision = revision_;
  return result;
}

bool StoreState::Apply(const Put& put) {
  KeyValue& entry = entries_[put.key];
  if (entry.create_revision == 0) {
    entry.key = put.key;
    entry.create_revision = next_revision();
  }
  if (entry.lease != put.lease) {
    if (entry.lease != 0) leases_.at(entry.lease).keys.erase(put.key);
    if (put.lease != 0) leases_.at(put.lease).keys.insert(put.key);
  }
  entry.value = put.value;
  entry.lease = put.lease;
  entry.mod_revision = next_revision();
  events_.push_back({false, entry});
  return true;
}

bool StoreState::Apply(const Delete& deletion) {
  const auto found = entries_.find(deletion.key);
  if (found == entries_.end()) return false;
  const int64_t lease = found->second.lease;
  if (lease != 0) leases_.at(lease).keys.erase(deletion.key);
  entries_.erase(found);
  Event event;
  event.deleted = true;
  event.entry.key = deletion.key;
  event.entry.mod_revision = next_revision();
  events_.push_back(std::move(event));
  return true;
}

void StoreState::OnCommitted() {
  ++revision_;
  if (events_.size() > kMaxEvents) {
    // Half of them at once, and whole revisions.
    Compact(events_[events_.size() / 2].entry.mod_revision);
  }
  if (on_commit_) on_commit_();
}

absl::StatusOr<int64_t> StoreState::GrantLease(absl::Duration ttl,
                                               absl::Time now) {
  if (full_) return StoreFull();
  const int64_t id = next_lease_++;
  leases_.emplace(id, Lease{ttl, now + ttl, {}});
  expiries_.emplace(now + ttl, id);
  return id;
}

absl::StatusOr<absl::Duration> StoreState::KeepAlive(int64_t lease,
                                                     absl::Time now) {
  const auto found = leases_.find(lease);
  if (found == leases_.end()) return LeaseNotFound();
  Extend(found, now + found->second.ttl);
  return found->second.ttl;
}

absl::Status StoreState::RevokeLease(int64_t lease) {
  const auto found = leases_.find(lease);
  if (found == leases_.end()) return LeaseNotFound();
  Remove(found);
  return absl::OkStatus();
}

std::optional<absl::Time> StoreState::NextExpiry() const {
  if (expiries_.empty()) return std::nullopt;
  return expiries_.begin()->first;
}

void StoreState::ExpireLeases(absl::Time now) {
  while (!expiries_.empty() && expiries_.begin()->first <= now) {
    Remove(leases_.find(expiries_.begin()->second));
  }
}

void StoreState::RestartLeases(absl::Time now) {
  for (auto lease = leases_.begin(); lease != leases_.end(); ++lease) {
    Extend(lease, now + lease->second.ttl);
  }
}

void StoreState::Extend(Leases::iterator lease, absl::Time expires_at) {
  expiries_.erase({lease->second.expires_at, lease->first});
  lease->second.expires_at = expires_at;
  expiries_.emplace(expires_at, lease->first);
}

void StoreState::Remove(Leases::iterator lease) {
  const std::set<std::string> keys = lease->second.keys;
  for (const std::string& key : keys) Apply(Delete{key});
  expiries_.erase({lease->second.expires_at, lease->first});
  leases_.erase(lease);
  if (!keys.empty()) OnCommitted();
}

absl::StatusOr<std::vector<Event>> StoreState::EventsFrom(
    const KeyRange& range, int64_t revision) const {
  if (revision < first_kept_) {
    return absl::OutOfRangeError("the revision has been compacted");
  }
  std::vector<Event> events;
  for (auto event = std::lower_bound(events_.begin(), events_.end(), revision,
                                     [](const Event&each, int64_t value) {
                                       return each.entry.mod_revision < value;
                                     });
       event != events_.end(); ++event) {
    if (range.Contains(event->entry.key)) events.push_back(*event);
  }
  return events;
}

void StoreState::Compact(int64_t revision) {
  first_kept_ = std::max(first_kept_, revision);
  while (!events_.empty() && events_.front().entry.mod_revision < first_kept_) {
    events_.pop_front();
  }
}

}  // namespace wriftai::cluster
