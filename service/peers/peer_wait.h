#ifndef WRIFTAI_SERVICE_PEERS_PEER_WAIT_H_
#define WRIFTAI_SERVICE_PEERS_PEER_WAIT_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "base/credential.h"
#include "proto/predictions.h"
#include "service/engine/owner_calls.h"
#include "service/peers/owner_directory.h"
#include "service/peers/peer_channels.h"

namespace wriftai {

// A Wait of the public contract at the owner of a credential. A replica that
// does not own it holds one for each prediction, at the shortest interval of
// its own waiters, which share it.
//
// Threads: loop. Owns: the stream; destroying it cancels the stream. Channels
// and observer must outlive it. Fails: through OnEnd().
class PeerWait final : public OwnerWait {
 public:
  // The contract's bounds of an interval.
  static constexpr absl::Duration kMinInterval = absl::Milliseconds(100);
  static constexpr absl::Duration kMaxInterval = absl::Hours(24);

  // `id`: a UUID. `created`: InfinitePast if unknown. `interval` is brought
  // into its bounds.
  PeerWait(PeerChannels& channels, PeerOwner owner,
           std::shared_ptr<const Credential> credential, std::string id,
           absl::Time created, absl::Duration interval,
           OwnerWaitObserver& observer);
  PeerWait(const PeerWait&) = delete;
  PeerWait& operator=(const PeerWait&) = delete;

  // Replaces the stream. No state is lost, as a stream begins with the latest.
  void SetInterval(absl::Duration interval) override;

 private:
  void Open();
  void OnUpdate(absl::StatusOr<v1::PredictionUpdate> update);
  void OnEnd(const absl::Status& status);

  PeerChannels& channels_;
  const PeerOwner owner_;
  const std::shared_ptr<const Credential> credential_;
  const std::string id_;
  const absl::Time created_;
  absl::Duration interval_;
  OwnerWaitObserver& observer_;
  CallHandle stream_;
};

// Waits at the owners that the directory finds.
//
// Threads: loop. Channels and directory must outlive it and its waits. Fails:
// see OwnerWaits.
class PeerWaits final : public OwnerWaits {
 public:
  PeerWaits(PeerChannels& channels, OwnerDirectory& directory)
      : channels_(channels), directory_(directory) {}

  std::unique_ptr<OwnerWait> Start(
      const std::shared_ptr<const Credential>& credential,
      const std::string& id, absl::Time created, absl::Duration interval,
      OwnerWaitObserver& observer) override;

 private:
  PeerChannels& channels_;
  OwnerDirectory& directory_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_PEER_WAIT_H_
