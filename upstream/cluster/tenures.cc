#include "upstream/cluster/tenures.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "upstream/cluster/records.h"

namespace wriftai::cluster {

Tenures::Tenures(EventLoop& event_loop, Store& store, const Keys& keys,
                 const ClusterTimes& times, const ClusterView& view,
                 const Session& session, const Introductions& introductions,
                 TenureObserver& observer)
    : event_loop_(event_loop),
      store_(store),
      keys_(keys),
      times_(times),
      view_(view),
      session_(session),
      introductions_(introductions),
      observer_(observer),
      pauses_(event_loop, times) {}

Tenures::~Tenures() = default;

absl::Status Tenures::Use(const std::string& tag) {
  if (entries_.size() >= kMaxCredentials && Find(tag) == nullptr) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "too many credentials in use (", kMaxCredentials, "); retry later"));
  }
  Entry& entry = FindOrAdd(tag);
  entry.wanted = true;
  Touch(entry);
  QueueClaim(entry);
  Schedule();
  return absl::OkStatus();
}

bool Tenures::MayGrant(const std::string& tag) const {
  const std::optional<absl::Time> from = GrantsFrom(tag);
  return from.has_value() && event_loop_.Now() >= *from;
}

std::optional<absl::Time> Tenures::GrantsFrom(const std::string& tag) const {
  const Entry* const entry = Find(tag);
  if (entry == nullptr || entry->epoch == 0 || entry->leaving ||
      !session_.IsCertain()) {
    return std::nullopt;
  }
  return std::max(entry->grants_from, introductions_.joined_until());
}

std::optional<int64_t> Tenures::EpochOf(const std::string& tag) const {
  const Entry* const entry = Find(tag);
  if (entry == nullptr || entry->epoch == 0 || entry->leaving) {
    return std::nullopt;
  }
  return entry->epoch;
}

void Tenures::Release(const std::string& tag) { Leave(tag, ""); }

void Tenures::HandOver(const std::string& tag, const std::string& successor) {
  Leave(tag, successor);
}

void Tenures::Leave(const std::string& tag, const std::string& successor) {
  Entry* const entry = Find(tag);
  if (entry == nullptr) return;
  entry->wanted = false;
  if (entry->epoch == 0 || entry->leaving) return;
  entry->leaving = true;
  entry->successor = successor;
  SendLeave(*entry);
}

void Tenures::SendLeave(Entry& entry) {
  Put put{keys_.Owner(entry.tag), std::string(kReleased), session_.lease()};
  const Member* const successor = view_.FindMember(entry.successor);
  if (successor != nullptr) {
    put.value = entry.successor;
    put.lease = successor->lease;
  }
  Txn txn;
  txn.conditions.push_back(KeyIsAt(put.key, entry.epoch));
  txn.writes.emplace_back(std::move(put));
  entry.call = store_.Commit(
      std::move(txn), Deadline(),
      [this, &entry](const absl::StatusOr<TxnResult>& result) {
        if (result.ok()) return;  // The watch shows the outcome.
        if (absl::IsNotFound(result.status()) && !entry.successor.empty()) {
          entry.successor.clear();
          return SendLeave(entry);
        }
        RetryLater(entry);
      });
}

bool Tenures::NeedsClaim(const Entry& entry) const {
  if (!entry.wanted || entry.claiming || entry.epoch != 0) return false;
  const Owner* const owner = view_.FindOwner(entry.tag);
  return session_.active() && session_.record().admitted &&
         (owner == nullptr || owner->released());
}

void Tenures::QueueClaim(Entry& entry) {
  if (entry.queued || !NeedsClaim(entry)) return;
  entry.queued = true;
  claims_.push_back(entry.tag);
}

void Tenures::Claim(Entry& entry) {
  entry.claiming = true;
  const std::string key = keys_.Owner(entry.tag);
  const Owner* const owner = view_.FindOwner(entry.tag);
  Txn txn;
  txn.conditions.push_back(owner == nullptr ? KeyIsAbsent(key)
                                            : KeyIsAt(key, owner->revision));
  txn.writes.emplace_back(Put{key, session_.id(), session_.lease()});
  entry.call =
      store_.Commit(std::move(txn), Deadline(),
                    [this, &entry](const absl::StatusOr<TxnResult>& result) {
                      // The watch shows who owns it.
                      if (result.ok() && result->applied) return;
                      entry.claiming = false;
                      if (!result.ok()) RetryLater(entry);
                    });
}

void Tenures::RetryLater(const Entry& entry) {
  retries_.emplace_back(event_loop_.Now() + times_.retry_interval, entry.tag);
  Schedule();
}

void Tenures::OnSessionBegan() {
  pauses_.Clear();
  QueueClaims();
}

void Tenures::OnAdmitted() { QueueClaims(); }

// The most recently used ones first: callers wait for them.
void Tenures::QueueClaims() {
  for (auto entry = by_use_.rbegin(); entry != by_use_.rend(); ++entry) {
    QueueClaim(**entry);
  }
  Schedule();
}

void Tenures::OnSessionEnded() {
  claims_.clear();
  retries_.clear();
  released_.clear();  // Deleted with the lease.
  deletion_.reset();
  deleting_ = false;
  for (auto next = by_use_.begin(); next != by_use_.end();) {
    Entry& entry = **next++;
    entry.queued = false;
    entry.claiming = false;
    entry.call.reset();
    if (entry.epoch != 0) EndTenure(entry);
    if (!entry.wanted) Erase(entry);
  }
}

void Tenures::OnOwnerChanged(const std::string& tag, const Owner* before,
                             const Owner* after) {
  pauses_.OnOwnerChanged(tag, before, after);
  const bool is_mine = after != nullptr && after->session == session_.id();
  if (after != nullptr && after->released() && before != nullptr &&
      before->session == session_.id()) {
    // By then every replica has seen the release, or has a new session.
    released_.push_back(
        {event_loop_.Now() + times_.unreleased_pause(), tag, after->revision});
  }
  Entry* const entry = is_mine ? &FindOrAdd(tag) : Find(tag);
  if (entry != nullptr) {
    entry->claiming = false;
    entry->call.reset();
    if (entry->epoch != 0) EndTenure(*entry);
    if (is_mine) {
      BeginTenure(*entry, after->revision);
    } else if (entry->wanted) {
      QueueClaim(*entry);
    } else {
      Erase(*entry);
    }
  }
  Schedule();
}

void Tenures::BeginTenure(Entry& entry, int64_t epoch) {
  entry.epoch = epoch;
  entry.grants_from = pauses_.EndOf(entry.tag);
  observer_.OnTenureBegan(entry.tag, epoch);
}

void Tenures::EndTenure(Entry& entry) {
  const int64_t epoch = std::exchange(entry.epoch, 0);
  entry.leaving = false;
  entry.successor.clear();
  observer_.OnTenureEnded(entry.tag, epoch);
}

Tenures::Entry* Tenures::Find(const std::string& tag) {
  const auto found = entries_.find(tag);
  return found == entries_.end() ? nullptr : &found->second;
}

const Tenures::Entry* Tenures::Find(const std::string& tag) const {
  const auto found = entries_.find(tag);
  return found == entries_.end() ? nullptr : &found->second;
}

Tenures::Entry& Tenures::FindOrAdd(const std::string& tag) {
  const auto [found, is_new] = entries_.try_emplace(tag);
  Entry& entry = found->second;
  if (is_new) {
    entry.tag = tag;
    entry.used_at = event_loop_.Now();
    entry.by_use = by_use_.insert(by_use_.end(), &entry);
  }
  return entry;
}

void Tenures::Touch(Entry& entry) {
  entry.used_at = event_loop_.Now();
  by_use_.splice(by_use_.end(), by_use_, entry.by_use);
}

void Tenures::Erase(Entry& entry) {
  by_use_.erase(entry.by_use);
  entries_.erase(std::string(entry.tag));
}

// One timer, for whatever is due first.
void Tenures::Schedule() {
  absl::Time next = absl::InfiniteFuture();
  if (!claims_.empty()) next = next_change_at_;
  if (!by_use_.empty()) {
    next = std::min(next, std::max(next_change_at_, by_use_.front()->used_at +
                                                        times_.idle_timeout));
  }
  if (!retries_.empty()) next = std::min(next, retries_.front().first);
  if (!released_.empty() && !deleting_) {
    next = std::min(next, released_.front().delete_at);
  }
  if (next == tick_at_) return;
  tick_at_ = next;
  tick_.reset();
  if (next == absl::InfiniteFuture()) return;
  tick_ = event_loop_.RunAt(next, [this] { OnTick(); });
}

// Takes constant time: everything is ordered by when it is due.
void Tenures::OnTick() {
  tick_at_ = absl::InfiniteFuture();
  const absl::Time now = event_loop_.Now();
  while (!retries_.empty() && retries_.front().first <= now) {
    Entry* const entry = Find(retries_.front().second);
    retries_.pop_front();
    if (entry == nullptr) continue;
    if (entry->leaving) {
      SendLeave(*entry);
    } else {
      QueueClaim(*entry);
    }
  }
  if (!released_.empty() && released_.front().delete_at <= now) {
    DeleteReleased();
  }
  if (now >= next_change_at_) {
    EvictIdle();
    ClaimNext();
  }
  Schedule();
}

void Tenures::ClaimNext() {
  while (!claims_.empty()) {
    Entry* const entry = Find(claims_.front());
    claims_.pop_front();
    if (entry == nullptr) continue;
    entry->queued = false;
    if (!NeedsClaim(*entry)) continue;
    Claim(*entry);
    next_change_at_ = event_loop_.Now() + times_.claim_interval;
    return;
  }
}

void Tenures::EvictIdle() {
  if (by_use_.empty()) return;
  Entry& entry = *by_use_.front();
  const absl::Time now = event_loop_.Now();
  if (entry.used_at + times_.idle_timeout > now) return;
  next_change_at_ = now + times_.claim_interval;
  if (entry.epoch == 0) return Erase(entry);
  // It remains until the watch shows the release.
  Touch(entry);
  Leave(std::string(entry.tag), "");
}

void Tenures::DeleteReleased() {
  if (deleting_) return;
  deleting_ = true;
  Released released = std::move(released_.front());
  released_.pop_front();
  Txn txn;
  txn.conditions.push_back(
      KeyIsAt(keys_.Owner(released.tag), released.revision));
  txn.writes.emplace_back(Delete{keys_.Owner(released.tag)});
  deletion_ = store_.Commit(
      std::move(txn), Deadline(),
      [this, released = std::move(released)](
          const absl::StatusOr<TxnResult>& result) mutable {
        deleting_ = false;
        if (!result.ok()) {
          released.delete_at = event_loop_.Now() + times_.unreleased_pause();
          released_.push_back(std::move(released));
        }
        Schedule();
      });
}

}  // namespace wriftai::cluster
