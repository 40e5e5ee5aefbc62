#include "service/peers/grpc_peer_link.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "service/peers/peer_status.h"
#include "service/peers/peers_codec.h"
#include "service/peers/peers_service.h"

namespace wriftai {
namespace {

template <typename Response>
using Decode = absl::StatusOr<Response> (*)(const grpc::ByteBuffer&);

template <typename Response>
absl::StatusOr<Response> ResultOf(const PeerResponse& response,
                                  const char* method, Decode<Response> decode) {
  if (!response.status.ok()) return FromGrpcStatus(response.status);
  auto decoded = decode(response.message);
  if (decoded.ok()) return decoded;
  return absl::InternalError(absl::StrCat("a peer's response to ", method, ": ",
                                          decoded.status().message()));
}

}  // namespace

template <typename Response>
CallHandle GrpcPeerLink::Start(
    const std::string& address, const char* method, PeerRequest request,
    absl::Time deadline,
    absl::StatusOr<Response> (*decode)(const grpc::ByteBuffer&),
    absl::AnyInvocable<void(absl::StatusOr<Response>)> done) {
  request.metadata.emplace_back(kClusterKey, cluster_id_());
  request.timeout = deadline - channels_.event_loop().Now();
  return channels_.StartUnary(
      address, std::move(request),
      [method, decode,
       done = std::move(done)](const PeerResponse& response) mutable {
        return EventLoop::Task(
            [done = std::move(done),
             result = ResultOf(response, method, decode)]() mutable {
              done(std::move(result));
            });
      });
}

CallHandle GrpcPeerLink::Vouch(const std::string& address,
                               cluster::VouchRequest request,
                               absl::Time deadline, VouchDone done) {
  PeerRequest call;
  call.method = "/wriftai.peers.v1.Peers/Vouch";
  call.message = EncodeVouch(request);
  return Start(address, "Vouch", std::move(call), deadline, DecodeVouchResponse,
               std::move(done));
}

CallHandle GrpcPeerLink::FindOwners(const std::string& address,
                                    cluster::FindOwnersRequest request,
                                    absl::Time deadline, FindOwnersDone done) {
  PeerRequest call;
  call.method = "/wriftai.peers.v1.Peers/FindOwners";
  call.message = EncodeFindOwners(request);
  return Start(address, "FindOwners", std::move(call), deadline,
               DecodeFindOwnersResponse, std::move(done));
}

}  // namespace wriftai
