#ifndef WRIFTAI_SERVICE_PEERS_PEERS_SERVICE_H_
#define WRIFTAI_SERVICE_PEERS_PEERS_SERVICE_H_

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/event_loop.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "upstream/cluster/peer_link.h"
#include "wriftai/peers/v1/peers.grpc.pb.h"

namespace wriftai {

// The metadata key of the caller's cluster, as ClusterNode::ClusterId() names
// it. An address may have passed to a replica of another cluster, whose store's
// revisions mean nothing to the caller. Older builds do not send it.
inline constexpr char kClusterKey[] = "wriftai-cluster";

// Answers other replicas: wriftai.peers.v1.Peers.
//
// Threads: made on any; methods on gRPC's, which post to the loop. EventLoop,
// and what the answers use, must outlive the server. Fails: INVALID_ARGUMENT
// for a request that is not valid, and as CheckCluster.
class PeersService final
    : public peers::v1::Peers::WithRawCallbackMethod_Vouch<
          peers::v1::Peers::WithRawCallbackMethod_FindOwners<
              peers::v1::Peers::Service>> {
 public:
  // Whether callers of that cluster are answered. Runs on the loop.
  using CheckCluster = std::function<absl::Status(const std::string& cluster)>;

  // Run on the loop: Vouching::Answer() and TenureOwnership::Answer().
  using AnswerVouch =
      std::function<cluster::VouchResponse(const cluster::VouchRequest&)>;
  using AnswerFindOwners = std::function<cluster::FindOwnersResponse(
      const cluster::FindOwnersRequest&)>;

  PeersService(EventLoop& event_loop, CheckCluster check_cluster,
               AnswerVouch answer_vouch, AnswerFindOwners answer_find_owners);

  grpc::ServerUnaryReactor* Vouch(grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* request,
                                  grpc::ByteBuffer* response) override;
  grpc::ServerUnaryReactor* FindOwners(grpc::CallbackServerContext* context,
                                       const grpc::ByteBuffer* request,
                                       grpc::ByteBuffer* response) override;

 private:
  // `answer` runs on the loop, and encodes.
  template <typename Request>
  grpc::ServerUnaryReactor* Run(
      grpc::CallbackServerContext& context,
      const absl::StatusOr<Request>& asked, grpc::ByteBuffer& response,
      std::function<grpc::ByteBuffer(const Request&)> answer);

  EventLoop& event_loop_;
  const CheckCluster check_cluster_;
  const AnswerVouch answer_vouch_;
  const AnswerFindOwners answer_find_owners_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_PEERS_SERVICE_H_
