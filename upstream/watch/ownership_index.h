#ifndef WRIFTAI_UPSTREAM_WATCH_OWNERSHIP_INDEX_H_
#define WRIFTAI_UPSTREAM_WATCH_OWNERSHIP_INDEX_H_

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

// Which credentials may see which predictions: those whose own call has
// succeeded for that id, or shown it. A webhook carries no token, so that this
// is all that stands between its output and somebody else.
//
// Bounded in number and time; what falls out is polled for like any other, and
// is proven again by that.
//
// Threads: loop. `clock` must outlive it. Fails: never.
class OwnershipIndex {
 public:
  // Longer than the longest wait by default, and the upstream's limit of 30
  // minutes of running, a cold start and a queue before it. Each further proof
  // begins it anew.
  static constexpr absl::Duration kKeepFor = absl::Hours(2);

  // Fifteen creates a second, the published limit of one credential, for
  // kKeepFor. The least recently proven go first, of the credential that has
  // most (FairShareLru). Some 300 bytes each.
  static constexpr size_t kMost = 108'000;

  explicit OwnershipIndex(const EventLoop& clock) : clock_(clock) {}

  // True where it was not proven before.
  bool Record(const std::string& credential_key, const std::string& id);

  // The keys of all for whom `id` is proven.
  std::vector<std::string> OwnersOf(const std::string& id) const;

  // Whether webhooks are thought to tell of it; false where it is not proven.
  bool covered(const std::string& credential_key, const std::string& id) const;
  void set_covered(const std::string& credential_key, const std::string& id,
                   bool covered);

  // Drops all of one credential: its token has been refused.
  void Forget(const std::string& credential_key);

  size_t size() const { return proofs_.size(); }

 private:
  struct Proof {
    bool covered = false;
    absl::Time expires_at;
  };
  using Proofs = FairShareLru<Proof>;

  void Erase(Proofs::Entry& proof);

  const EventLoop& clock_;
  Proofs proofs_;  // By credential and prediction; each weighs 1.
  // The prediction's id, the credential's key: of all proofs.
  std::set<std::pair<absl::string_view, absl::string_view>> by_id_;
};

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_WATCH_OWNERSHIP_INDEX_H_
