#include "service/peers/grpc_peer_link.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "service/peers/peer_status.h"
#include "service/peers/vouch_codec.h"

namespace wriftai {
namespace {

constexpr char kVouch[] = "/wriftai.peers.v1.Peers/Vouch";

absl::StatusOr<cluster::VouchResponse> ResultOf(const PeerResponse& response) {
  if (!response.status.ok()) return FromGrpcStatus(response.status);
  auto decoded = DecodeVouchResponse(response.message);
  if (decoded.ok()) return decoded;
  return absl::InternalError(
      absl::StrCat("a peer's response to Vouch: ", decoded.status().message()));
}

}  // namespace

CallHandle GrpcPeerLink::Vouch(const std::string& address,
                               cluster::VouchRequest request,
                               absl::Time deadline, VouchDone done) {
  PeerRequest call;
  call.method = kVouch;
  call.message = EncodeVouch(request);
  call.timeout = deadline - channels_.event_loop().Now();
  return channels_.StartUnary(
      address, std::move(call),
      [done = std::move(done)](const PeerResponse& response) mutable {
        return EventLoop::Task(
            [done = std::move(done), result = ResultOf(response)]() mutable {
              done(std::move(result));
            });
      });
}

}  // namespace wriftai
