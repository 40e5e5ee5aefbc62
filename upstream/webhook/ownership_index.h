#ifndef WRIFTAI_UPSTREAM_WEBHOOK_OWNERSHIP_INDEX_H_
#define WRIFTAI_UPSTREAM_WEBHOOK_OWNERSHIP_INDEX_H_

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/fair_share_lru.h"

namespace wriftai {

// Which credentials may see which predictions: those whose own call succeeded
// for the id or returned it. A webhook carries no token, so only this index
// keeps its output from other credentials.
//
// Bounded in number and time. Evicted predictions are polled like any other,
// which records their owner again.
//
// Threads: loop. `clock` must outlive it. Fails: never.
class OwnershipIndex {
 public:
  // How long an ownership lasts after it was last recorded. Longer than the
  // default maximum wait, and than the upstream's limit of 30 minutes of
  // running plus a cold start and queueing.
  static constexpr absl::Duration kTtl = absl::Hours(2);

  // 15 creates per second, the published limit of one credential, for kTtl.
  // About 300 bytes each. The credential with the most evicts its least
  // recently recorded ones (FairShareLru).
  static constexpr size_t kMaxEntries = 108'000;

  explicit OwnershipIndex(const EventLoop& clock) : clock_(clock) {}

  // Records that the credential may see `id`. Returns whether that is new.
  bool Record(const std::string& credential_key, const std::string& id);

  // The keys of all credentials that may see `id`.
  std::vector<std::string> OwnersOf(const std::string& id) const;

  // Whether webhook events are expected for the prediction. False if the
  // credential is not recorded as an owner.
  bool webhook_active(const std::string& credential_key,
                      const std::string& id) const;
  void set_webhook_active(const std::string& credential_key,
                          const std::string& id, bool webhook_active);

  // Drops all ownerships of the credential, whose token was rejected.
  void Evict(const std::string& credential_key);

  size_t size() const { return entries_.size(); }

 private:
  struct Ownership {
    bool webhook_active = false;
    absl::Time expires_at;
  };
  using Entries = FairShareLru<Ownership>;

  void Erase(Entries::Entry& entry);

  const EventLoop& clock_;
  Entries entries_;  // By credential and prediction; each weighs 1.
  // All ownerships, as prediction id and credential key.
  std::set<std::pair<absl::string_view, absl::string_view>> by_id_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WEBHOOK_OWNERSHIP_INDEX_H_
