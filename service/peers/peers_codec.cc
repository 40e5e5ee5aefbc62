#include "service/peers/peers_codec.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "base/sanitize.h"
#include "service/peers/peer_address.h"
#include "service/rpc/message_bytes.h"
#include "service/rpc/request_codec.h"
#include "upstream/cluster/owner_lookup.h"
#include "wriftai/peers/v1/peers.pb.h"

namespace wriftai {
namespace {

// A session and an address take up to 400 bytes.
constexpr size_t kMaxPeerBytes = 512;
constexpr size_t kMaxResponseBytes = kMaxVouchPeers * kMaxPeerBytes;

constexpr size_t kMaxTags = cluster::OwnerLookup::kMaxTags;
constexpr size_t kTagDigits = 32;
// A tag and its length; with a session, an address and an epoch.
constexpr size_t kMaxTagBytes = 2 + kTagDigits;
constexpr size_t kMaxOwnerBytes = kMaxPeerBytes + kMaxTagBytes;

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

constexpr char kExpectedSession[] =
    "1 to 128 bytes of printable ASCII without '/'";

bool IsTag(absl::string_view tag) {
  return tag.size() == kTagDigits &&
         std::all_of(tag.begin(), tag.end(), [](char c) {
           return absl::ascii_isdigit(static_cast<unsigned char>(c)) ||
                  (c >= 'a' && c <= 'f');
         });
}

absl::Status CheckTag(absl::string_view tag, absl::string_view field) {
  return IsTag(tag) ? absl::OkStatus() : Expected(field, "32 hex digits");
}

absl::StatusOr<cluster::FoundOwner> OwnerFrom(peers::v1::Owner& message) {
  if (absl::Status status = CheckTag(message.tag(), "owners.tag");
      !status.ok()) {
    return status;
  }
  if (!IsSession(message.session())) {
    return Expected("owners.session", kExpectedSession);
  }
  if (!IsPeerAddress(message.address())) {
    return Expected("owners.address", "HOST:PORT");
  }
  if (message.epoch() <= 0) {
    return Expected("owners.epoch", "a positive number");
  }
  return cluster::FoundOwner{
      std::move(*message.mutable_tag()), std::move(*message.mutable_session()),
      std::move(*message.mutable_address()), message.epoch()};
}

absl::StatusOr<cluster::Peer> PeerFrom(peers::v1::Peer& message,
                                       absl::string_view field) {
  if (!IsSession(message.session())) {
    return Expected(absl::StrCat(field, ".session"), kExpectedSession);
  }
  if (message.revision() <= 0) {
    return Expected(absl::StrCat(field, ".revision"), "a positive number");
  }
  // A member whose record cannot be read is there, but cannot be asked.
  if (!IsPeerAddress(message.address())) message.clear_address();
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
  if (asker->address.empty()) return Expected("asker.address", "HOST:PORT");
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

grpc::ByteBuffer EncodeFindOwners(const cluster::FindOwnersRequest& request) {
  peers::v1::FindOwnersRequest message;
  for (const std::string& tag : request.tags) message.add_tags(tag);
  return Encode(message);
}

grpc::ByteBuffer EncodeFindOwners(const cluster::FindOwnersResponse& response) {
  peers::v1::FindOwnersResponse message;
  for (const cluster::FoundOwner& owner : response.owners) {
    peers::v1::Owner& sent = *message.add_owners();
    sent.set_tag(owner.tag);
    sent.set_session(owner.session);
    sent.set_address(owner.address);
    sent.set_epoch(owner.epoch);
  }
  return Encode(message);
}

absl::StatusOr<cluster::FindOwnersRequest> DecodeFindOwnersRequest(
    const grpc::ByteBuffer& bytes) {
  auto message = Parse<peers::v1::FindOwnersRequest>(bytes, "FindOwnersRequest",
                                                     kMaxTags * kMaxTagBytes);
  if (!message.ok()) return message.status();
  cluster::FindOwnersRequest request;
  for (std::string& tag : *message->mutable_tags()) {
    if (absl::Status status = CheckTag(tag, "tags"); !status.ok()) {
      return status;
    }
    request.tags.push_back(std::move(tag));
  }
  return request;
}

absl::StatusOr<cluster::FindOwnersResponse> DecodeFindOwnersResponse(
    const grpc::ByteBuffer& bytes) {
  auto message = Parse<peers::v1::FindOwnersResponse>(
      bytes, "FindOwnersResponse", kMaxTags * kMaxOwnerBytes);
  if (!message.ok()) return message.status();
  if (message->owners_size() > static_cast<int>(kMaxTags)) {
    return Expected("owners", absl::StrCat("at most ", kMaxTags));
  }
  cluster::FindOwnersResponse response;
  for (peers::v1::Owner& sent : *message->mutable_owners()) {
    auto owner = OwnerFrom(sent);
    if (!owner.ok()) return owner.status();
    response.owners.push_back(*std::move(owner));
  }
  return response;
}

}  // namespace wriftai
