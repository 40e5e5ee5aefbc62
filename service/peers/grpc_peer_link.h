#ifndef WRIFTAI_SERVICE_PEERS_GRPC_PEER_LINK_H_
#define WRIFTAI_SERVICE_PEERS_GRPC_PEER_LINK_H_

#include <functional>
#include <string>
#include <utility>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/call.h"
#include "grpcpp/support/byte_buffer.h"
#include "service/peers/peer_channels.h"
#include "service/peers/peer_request.h"
#include "upstream/cluster/peer_link.h"

namespace wriftai {

// Calls the Peers service of other replicas.
//
// Threads: loop. The channels must outlive it. Fails: as PeerLink; a response
// that is not valid is INTERNAL.
class GrpcPeerLink final : public cluster::PeerLink {
 public:
  // `cluster_id`: see kClusterKey. Called for each call.
  GrpcPeerLink(PeerChannels& channels, std::function<std::string()> cluster_id)
      : channels_(channels), cluster_id_(std::move(cluster_id)) {}

  [[nodiscard]] CallHandle Vouch(const std::string& address,
                                 cluster::VouchRequest request,
                                 absl::Time deadline, VouchDone done) override;
  [[nodiscard]] CallHandle FindOwners(const std::string& address,
                                      cluster::FindOwnersRequest request,
                                      absl::Time deadline,
                                      FindOwnersDone done) override;

 private:
  template <typename Response>
  CallHandle Start(const std::string& address, const char* method,
                   PeerRequest request, absl::Time deadline,
                   absl::StatusOr<Response> (*decode)(const grpc::ByteBuffer&),
                   absl::AnyInvocable<void(absl::StatusOr<Response>)> done);

  PeerChannels& channels_;
  const std::function<std::string()> cluster_id_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_GRPC_PEER_LINK_H_
