#include "service/peers/peers_service.h"

#include <utility>

#include "service/peers/peers_codec.h"
#include "service/rpc/grpc_status.h"

namespace wriftai {

PeersService::PeersService(EventLoop& event_loop, AnswerVouch answer_vouch,
                           AnswerFindOwners answer_find_owners)
    : event_loop_(event_loop),
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
  event_loop_.Post(
      [asked = *asked, answer = std::move(answer), &response, reactor] {
        response = answer(asked);
        reactor->Finish(grpc::Status::OK);
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
