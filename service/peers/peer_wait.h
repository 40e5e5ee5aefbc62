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
#include "service/peers/owner_directory.h"
#include "service/peers/peer_channels.h"

namespace wriftai {

// Receives the updates of a Wait at the owner.
//
// Threads: the loop, never inside PeerWait's constructor. Both methods may
// destroy the PeerWait; OnEnd(), and OnUpdate() with a terminal prediction, are
// the last call.
class PeerWaitObserver {
 public:
  virtual ~PeerWaitObserver() = default;

  // Payloads are JSON text. `observed_at` is by the owner's clock.
  virtual void OnUpdate(v1::PredictionUpdate update) = 0;

  // The stream has ended before the prediction. UNAVAILABLE (NOT_OWNER,
  // OWNER_UNAVAILABLE, DRAINING, STREAM_AGE_REACHED) and DEADLINE_EXCEEDED
  // (MAX_WAIT_EXCEEDED): open another one, at the owner of that time. Others
  // are the owner's error, never OK.
  virtual void OnEnd(const absl::Status& status) = 0;
};

// A Wait of the public contract at the owner of a credential. A replica that
// does not own it holds one for each prediction, at the shortest interval of
// its own waiters, which share it.
//
// Threads: loop. Owns: the stream; destroying it cancels the stream. Channels
// and observer must outlive it. Fails: through OnEnd().
class PeerWait {
 public:
  // The contract's bounds of an interval.
  static constexpr absl::Duration kMinInterval = absl::Milliseconds(100);
  static constexpr absl::Duration kMaxInterval = absl::Hours(24);

  // `id`: a UUID. `interval` is brought into its bounds.
  PeerWait(PeerChannels& channels, PeerOwner owner,
           std::shared_ptr<const Credential> credential, std::string id,
           absl::Duration interval, PeerWaitObserver& observer);
  PeerWait(const PeerWait&) = delete;
  PeerWait& operator=(const PeerWait&) = delete;

  // Another shortest interval: replaces the stream. No state is lost, as a
  // stream begins with the latest. Not after the last call of the observer.
  void SetInterval(absl::Duration interval);

 private:
  void Open();
  void OnUpdate(absl::StatusOr<v1::PredictionUpdate> update);
  void OnEnd(const absl::Status& status);

  PeerChannels& channels_;
  const PeerOwner owner_;
  const std::shared_ptr<const Credential> credential_;
  const std::string id_;
  absl::Duration interval_;
  PeerWaitObserver& observer_;
  CallHandle stream_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_PEER_WAIT_H_
