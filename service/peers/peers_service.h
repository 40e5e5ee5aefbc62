#ifndef WRIFTAI_SERVICE_PEERS_PEERS_SERVICE_H_
#define WRIFTAI_SERVICE_PEERS_PEERS_SERVICE_H_

#include <functional>

#include "base/event_loop.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"
#include "upstream/cluster/peer_link.h"
#include "wriftai/peers/v1/peers.grpc.pb.h"

namespace wriftai {

// Answers other replicas: wriftai.peers.v1.Peers.
//
// Threads: made on any; methods on gRPC's, which post to the loop. EventLoop,
// and what `answer` uses, must outlive the server. Fails: INVALID_ARGUMENT for
// a request that is not valid.
class PeersService final : public peers::v1::Peers::WithRawCallbackMethod_Vouch<
                               peers::v1::Peers::Service> {
 public:
  // Runs on the loop: Vouching::Answer().
  using AnswerVouch =
      std::function<cluster::VouchResponse(const cluster::VouchRequest&)>;

  PeersService(EventLoop& event_loop, AnswerVouch answer);

  grpc::ServerUnaryReactor* Vouch(grpc::CallbackServerContext* context,
                                  const grpc::ByteBuffer* request,
                                  grpc::ByteBuffer* response) override;

 private:
  EventLoop& event_loop_;
  const AnswerVouch answer_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_PEERS_PEERS_SERVICE_H_
