#include "service/peers/vouch_codec.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/sanitize.h"
#include "service/peers/peer_address.h"
#include "service/rpc/message_bytes.h"
#include "service/rpc/request_codec.h"
#include "wriftai/peers/v1/peers.pb.h"

namespace wriftai {
namespace {

// A session and an address take up to 400 bytes.
constexpr size_t kMaxPeerBytes = 512;
constexpr size_t kMaxResponseBytes = kMaxVouchPeers * kMaxPeerBytes;

absl::Status Expected(absl::string_view field, absl::string_view expected) {
  return absl::InvalidArgumentError(
      absl::StrCat(field, ": expected ", expected));
}

template <typename Message>
absl::StatusOr<Message> Parse(const grpc::ByteBuffer& bytes,
                              absl::string_view name, size_t max_bytes) {
  Message message;
  if (bytes.Valid() && bytes.Length() <= max_bytes && !IsCompressed(bytes)) {
    const auto flat = MessageBytes(bytes, max_bytes);
    if (flat.ok() && message.ParseFromString(*flat)) return message;
  }
  return Expected(name, absl::StrCat("a message of at most ", max_bytes,
                                     " bytes, not compressed"));
}

bool IsSession(absl::string_view session) {
  return !session.empty() && session.size() <= kMaxIdBytes &&
         std::all_of(session.begin(), session.end(),
                     [](char c) { return c > ' ' && c <= '~' && c != '/'; });
}

absl::StatusOr<cluster::Peer> PeerFrom(peers::v1::Peer& message,
                                       absl::string_view field) {
  if (!IsSession(message.session())) {
    return Expected(absl::StrCat(field, ".session"),
                    "1 to 128 bytes of printable ASCII without '/'");
  }
  if (message.revision() <= 0) {
    return Expected(absl::StrCat(field, ".revision"), "a positive number");
  }
  if (!IsPeerAddress(message.address())) {
    return Expected(absl::StrCat(field, ".address"), "HOST:PORT");
  }
  return cluster::Peer{std::move(*message.mutable_session()),
                       message.revision(),
                       std::move(*message.mutable_address())};
}

void FillPeer(const cluster::Peer& peer, peers::v1::Peer& message) {
  message.set_session(peer.session);
  message.set_revision(peer.revision);
  message.set_address(peer.address);
}

}  // namespace

grpc::ByteBuffer EncodeVouch(const cluster::VouchRequest& request) {
  peers::v1::VouchRequest message;
  FillPeer(request.asker, *message.mutable_asker());
  return Encode(message);
}

grpc::ByteBuffer EncodeVouch(const cluster::VouchResponse& response) {
  peers::v1::VouchResponse message;
  message.set_ended(response.ended);
  for (const cluster::Peer& peer : response.peers) {
    FillPeer(peer, *message.add_peers());
  }
  return Encode(message);
}

absl::StatusOr<cluster::VouchRequest> DecodeVouchRequest(
    const grpc::ByteBuffer& bytes) {
  auto message =
      Parse<peers::v1::VouchRequest>(bytes, "VouchRequest", kMaxPeerBytes);
  if (!message.ok()) return message.status();
  auto asker = PeerFrom(*message->mutable_asker(), "asker");
  if (!asker.ok()) return asker.status();
  return cluster::VouchRequest{*std::move(asker)};
}

absl::StatusOr<cluster::VouchResponse> DecodeVouchResponse(
    const grpc::ByteBuffer& bytes) {
  auto message = Parse<peers::v1::VouchResponse>(bytes, "VouchResponse",
                                                 kMaxResponseBytes);
  if (!message.ok()) return message.status();
  if (message->peers_size() > static_cast<int>(kMaxVouchPeers)) {
    return Expected("peers", absl::StrCat("at most ", kMaxVouchPeers));
  }
  cluster::VouchResponse response;
  response.ended = message->ended();
  for (peers::v1::Peer& sent : *message->mutable_peers()) {
    auto peer = PeerFrom(sent, "peers");
    if (!peer.ok()) return peer.status();
    response.peers.push_back(*std::move(peer));
  }
  return response;
}

}  // namespace wriftai
