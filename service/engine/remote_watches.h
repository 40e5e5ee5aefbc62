#ifndef WRIFTAI_SERVICE_ENGINE_REMOTE_WATCHES_H_
#define WRIFTAI_SERVICE_ENGINE_REMOTE_WATCHES_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>

#include "absl/time/time.h"
#include "base/credential.h"
#include "base/event_loop.h"
#include "service/engine/replica_hooks.h"
#include "upstream/watch/demand_observer.h"
#include "upstream/watch/watch_registry.h"

namespace wriftai {

// The watches of credentials that other replicas own. Their polls are
// suspended. Instead, each prediction with waiters has a Wait at the owner, at
// the shortest interval of its waiters, whose updates go to the watches. When
// the owner changes, the waiters keep their last state until the new one sends
// updates; when this replica becomes the owner, its polls resume.
//
// Threads: loop. Owns: the Waits at owners. All arguments must outlive it, but
// the registry must not be used any more once this is destroyed. Fails: the
// waits for a prediction end with the owner's error.
class RemoteWatches {
 public:
  // How often the owner is looked for, and how many Waits are started in one
  // go: 64 take about a millisecond of the loop. While Waits fail to start, as
  // at an owner that has just died, no more are tried in each interval.
  static constexpr absl::Duration kLookInterval = absl::Milliseconds(100);
  static constexpr size_t kStartBatch = 64;

  // How often a credential with waits is used, so that it is not released:
  // far more often than ClusterTimes::idle_timeout.
  static constexpr absl::Duration kUseInterval = absl::Minutes(1);

  RemoteWatches(EventLoop& event_loop, const ReplicaHooks& hooks,
                WatchRegistry& watches);
  ~RemoteWatches();

  // As WatchRegistry::FindDemandObserver.
  DemandObserver* Find(const std::shared_ptr<const Credential>& credential);

  void OnOwnershipChanged(const std::string& credential_key, bool owned_here);

  // Waits at other replicas.
  size_t wait_count() const;

 private:
  class CredentialWaits;

  void UseLater();
  void UseAll();

  EventLoop& event_loop_;
  const ReplicaHooks hooks_;
  WatchRegistry& watches_;
  // By the credential's key: all that are watched.
  std::map<std::string, std::unique_ptr<CredentialWaits>> credentials_;
  TimerHandle use_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_ENGINE_REMOTE_WATCHES_H_
