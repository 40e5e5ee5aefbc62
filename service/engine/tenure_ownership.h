#ifndef WRIFTAI_SERVICE_ENGINE_TENURE_OWNERSHIP_H_
#define WRIFTAI_SERVICE_ENGINE_TENURE_OWNERSHIP_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/event_loop.h"
#include "base/idle_evictor.h"
#include "service/engine/credential_ownership.h"
#include "upstream/cluster/cluster_view.h"
#include "upstream/cluster/owner_lookup.h"
#include "upstream/cluster/peer_link.h"
#include "upstream/cluster/reachability.h"
#include "upstream/cluster/session.h"
#include "upstream/cluster/tenures.h"

namespace wriftai {

// The ownership of credentials by the tenures of this replica's session. The
// cluster knows a credential by its tag, which reveals nothing of the token.
//
// It observes the tenures, and, between the view and the tenures, the records
// of owners: it is the observer of the view in the place of the tenures, to
// which it passes each change on. While it is cut off from the store, it
// believes what its peers say about owners.
//
// Threads: loop. Owns: the keys of the credentials in use, at most
// Tenures::kMaxCredentials in kForgetAfter. EventLoop, view, session,
// reachability and lookup must outlive it, and the tenures must outlive its
// use. Fails: see CredentialOwnership.
class TenureOwnership final : public CredentialOwnership,
                              public cluster::TenureObserver,
                              public cluster::OwnerObserver,
                              public cluster::OwnerLookupObserver {
 public:
  // How often it looks whether a session that was not certain when the budget
  // asked is certain again. As often as a forwarded call looks for the owner.
  static constexpr absl::Duration kCertaintyInterval = absl::Milliseconds(100);

  // How long a credential's key outlives its last use: longer than the tenure,
  // ClusterTimes::idle_timeout.
  static constexpr absl::Duration kForgetAfter = absl::Minutes(20);

  // So many tenures are handed over at once, this far apart: 3,200 a second,
  // a quarter of what a small etcd commits.
  static constexpr size_t kHandOverBatch = 32;
  static constexpr absl::Duration kHandOverInterval = absl::Milliseconds(10);

  // The replica that owns a credential.
  struct Owner {
    std::string address;
    int64_t epoch = 0;
  };

  TenureOwnership(EventLoop& event_loop, absl::string_view cluster_name,
                  const cluster::ClusterView& view,
                  const cluster::Session& session,
                  const cluster::Reachability& reachability,
                  cluster::OwnerLookup& lookup);
  ~TenureOwnership() override;

  // Once, before anything else. The tenures have this as their observer.
  void Start(cluster::Tenures& tenures) { tenures_ = &tenures; }

  // Another replica that owns it; nullopt if none does, or this one.
  std::optional<Owner> FindOther(const Credential& credential) const;
  // The epoch of this replica's tenure; nullopt if it has none.
  std::optional<int64_t> EpochOf(const Credential& credential) const;

  // A peer's question. The peer cannot claim a credential that has no owner, so
  // this replica does, as for a call of its own.
  cluster::FindOwnersResponse Answer(const cluster::FindOwnersRequest& request);

  // For people: the display name of the credential if it is in use here,
  // otherwise the first digits of the tag.
  std::string NameOf(const std::string& tag) const;

  // CredentialOwnership
  void SetObserver(OwnershipObserver* observer) override {
    observer_ = observer;
  }
  absl::Status Use(const Credential& credential) override;
  bool IsOwnedHere(const Credential& credential) const override;
  int64_t OwnerEpoch(const Credential& credential) const override;
  void Search(const Credential& credential) override;
  std::unique_ptr<const GrantGuard> MakeGuard(
      const Credential& credential) override;
  void BeginDrain() override;

  // cluster::TenureObserver, cluster::OwnerObserver and
  // cluster::OwnerLookupObserver
  void OnTenureBegan(const std::string& tag, int64_t epoch) override;
  void OnTenureEnded(const std::string& tag, int64_t epoch) override;
  void OnOwnerChanged(const std::string& tag, const cluster::Owner* before,
                      const cluster::Owner* after) override;
  void OnOwnerFound(const std::string& tag) override { NotifyLater(tag); }

 private:
  class TenureGuard;
  struct InUse {
    std::string key;  // Of the credential.
    std::string display_name;
    absl::Time used_at;
  };

  std::string TagOf(const Credential& credential) const;
  std::optional<cluster::FoundOwner> FindMember(const std::string& tag) const;
  absl::StatusOr<absl::Time> GrantsFrom(const std::string& tag);
  void NotifyLater(const std::string& tag);
  void Notify();
  void CheckCertainty();
  std::string Successor() const;
  void HandOverNext();
  size_t ForgetUnusedSince(absl::Time before);

  EventLoop& event_loop_;
  const std::string cluster_name_;
  const cluster::ClusterView& view_;
  const cluster::Session& session_;
  const cluster::Reachability& reachability_;
  cluster::OwnerLookup& lookup_;
  cluster::Tenures* tenures_ = nullptr;
  OwnershipObserver* observer_ = nullptr;
  absl::flat_hash_map<std::string, InUse> in_use_;  // By tag.
  IdleEvictor evictor_;

  // Tags, in an order that a replay repeats.
  std::set<std::string> changed_;
  TimerHandle notification_;
  std::set<std::string> uncertain_;  // Those that a guard has refused.
  TimerHandle certainty_;

  bool draining_ = false;
  std::vector<std::string> leaving_;  // Tags still to be handed over.
  TimerHandle hand_over_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_TENURE_OWNERSHIP_H_
