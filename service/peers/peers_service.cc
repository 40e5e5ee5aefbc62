#include "service/peers/peers_service.h"

#include <string>
#include <utility>

#include "service/peers/peers_codec.h"
#include "service/rpc/grpc_status.h"

namespace wriftai {
namespace {

// Empty if the caller does not send it.
std::string ClusterOf(const grpc::CallbackServerContext& context) {
  const auto found = context.client_metadata().find(kClusterKey);
  if (found == context.client_metadata().end()) return "";
  return std::string(found->second.data(), found->second.size());
}

}  // namespace

PeersService::PeersService(EventLoop& event_loop, CheckCluster check_cluster,
                           AnswerVouch answer_vouch,
                           AnswerFindOwners answer_find_owners)
    : event_loop_(event_loop),
      check_cluster_(std::move(check_cluster)),
      answer_vouch_(std::move(answer_vouch)),
      answer_find_owners_(std::move(answer_find_owners)) {}

template <typename Request>
grpc::ServerUnaryReactor* PeersService::Run(
    grpc::CallbackServerContext& context, const absl::StatusOr<Request>& asked,
    grpc::ByteBuffer& response,
    std::function<grpc::ByteBuffer(const Request&)> answer) {
  grpc::ServerUnaryReactor* const reactor = context.DefaultReactor();
  if (!asked.ok()) {
    reactor->Finish(ToGrpcStatus(asked.status()));
    return reactor;
  }
  event_loop_.Post([this, cluster = ClusterOf(context), asked = *asked,
                    answer = std::move(answer), &response, reactor] {
    const absl::Status status = check_cluster_(cluster);
    if (status.ok()) response = answer(asked);
    reactor->Finish(ToGrpcStatus(status));
  });
  return reactor;
}

grpc::ServerUnaryReactor* PeersService::Vouch(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Run<cluster::VouchRequest>(*context, DecodeVouchRequest(*request),
                                    *response,
                                    [this](const cluster::VouchRequest& asked) {
                                      return EncodeVouch(answer_vouch_(asked));
                                    });
}

grpc::ServerUnaryReactor* PeersService::FindOwners(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  return Run<cluster::FindOwnersRequest>(
      *context, DecodeFindOwnersRequest(*request), *response,
      [this](const cluster::FindOwnersRequest& asked) {
        return EncodeFindOwners(answer_find_owners_(asked));
      });
}

}  // namespace wriftai
