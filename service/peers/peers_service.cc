#include "service/peers/peers_service.h"

#include <utility>

#include "service/peers/vouch_codec.h"
#include "service/rpc/grpc_status.h"

namespace wriftai {

PeersService::PeersService(EventLoop& event_loop, AnswerVouch answer)
    : event_loop_(event_loop), answer_(std::move(answer)) {}

grpc::ServerUnaryReactor* PeersService::Vouch(
    grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
    grpc::ByteBuffer* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  auto asked = DecodeVouchRequest(*request);
  if (!asked.ok()) {
    reactor->Finish(ToGrpcStatus(asked.status()));
    return reactor;
  }
  event_loop_.Post([this, asked = *std::move(asked), response, reactor] {
    *response = EncodeVouch(answer_(asked));
    reactor->Finish(grpc::Status::OK);
  });
  return reactor;
}

}  // namespace wriftai
