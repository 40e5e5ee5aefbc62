#ifndef WRIFTAI_UPSTREAM_CLUSTER_PEER_LINK_H_
#define WRIFTAI_UPSTREAM_CLUSTER_PEER_LINK_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call.h"

namespace wriftai::cluster {

// A session of a replica, and where to reach it.
struct Peer {
  std::string session;
  int64_t revision = 0;  // At which it joined.
  std::string address;
};

// "Have you seen my session end?"
struct VouchRequest {
  Peer asker;
};

struct VouchResponse {
  bool ended = false;
  // The sessions that the peer knows, its own included.
  std::vector<Peer> peers;
};

// "Who owns these credentials?" Asked by a replica that is cut off from the
// store, because its callers wait.
struct FindOwnersRequest {
  std::vector<std::string> tags;
};

// The session that owns a credential, and where to reach it.
struct FoundOwner {
  std::string tag;
  std::string session;
  std::string address;
  int64_t epoch = 0;
};

struct FindOwnersResponse {
  // At most one for each tag.
  std::vector<FoundOwner> owners;
};

// Calls other replicas.
//
// Threads: loop. A callback runs on the loop, after the call returns and once
// the deadline has passed at the latest. Destroying a handle, also inside its
// callback, drops the callback. Fails: with the status of the call; the peer
// may have received it.
class PeerLink {
 public:
  using VouchDone = absl::AnyInvocable<void(absl::StatusOr<VouchResponse>)>;
  using FindOwnersDone =
      absl::AnyInvocable<void(absl::StatusOr<FindOwnersResponse>)>;

  virtual ~PeerLink() = default;

  [[nodiscard]] virtual CallHandle Vouch(const std::string& address,
                                         VouchRequest request,
                                         absl::Time deadline,
                                         VouchDone done) = 0;
  [[nodiscard]] virtual CallHandle FindOwners(const std::string& address,
                                              FindOwnersRequest request,
                                              absl::Time deadline,
                                              FindOwnersDone done) = 0;
};

}  // namespace wriftai::cluster

#endif  // WRIFTAI_UPSTREAM_CLUSTER_PEER_LINK_H_
