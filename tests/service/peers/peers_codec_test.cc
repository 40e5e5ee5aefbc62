#include "service/peers/peers_codec.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "service/rpc/request_codec.h"
#include "tests/support/status_matchers.h"
#include "upstream/cluster/owner_lookup.h"
#include "wriftai/peers/v1/peers.pb.h"

namespace wriftai {
namespace {

cluster::Peer PeerAt(const std::string& address) {
  return {"node.1", 7, address};
}

TEST(PeersCodecTest, CarriesRequests) {
  const auto request = DecodeVouchRequest(
      EncodeVouch(cluster::VouchRequest{PeerAt("10.0.0.1:50052")}));
  ASSERT_THAT(request, IsOk());
  EXPECT_EQ(request->asker.session, "node.1");
  EXPECT_EQ(request->asker.revision, 7);
  EXPECT_EQ(request->asker.address, "10.0.0.1:50052");
}

TEST(PeersCodecTest, CarriesResponses) {
  cluster::VouchResponse sent;
  sent.ended = true;
  sent.peers = {PeerAt("10.0.0.1:50052"), PeerAt("[::1]:50052")};
  const auto response = DecodeVouchResponse(EncodeVouch(sent));
  ASSERT_THAT(response, IsOk());
  EXPECT_TRUE(response->ended);
  ASSERT_EQ(response->peers.size(), 2u);
  EXPECT_EQ(response->peers[1].session, "node.1");
  EXPECT_EQ(response->peers[1].revision, 7);
  EXPECT_EQ(response->peers[1].address, "[::1]:50052");
}

// One record that cannot be read must not cost the whole answer.
TEST(PeersCodecTest, PeerWithoutAValidAddressCannotBeAsked) {
  cluster::VouchResponse sent;
  sent.peers = {PeerAt(""), PeerAt("host"), PeerAt("10.0.0.1:50052")};
  const auto response = DecodeVouchResponse(EncodeVouch(sent));
  ASSERT_THAT(response, IsOk());
  ASSERT_EQ(response->peers.size(), 3u);
  EXPECT_EQ(response->peers[0].address, "");
  EXPECT_EQ(response->peers[1].address, "");
  EXPECT_EQ(response->peers[2].address, "10.0.0.1:50052");
}

TEST(PeersCodecTest, RejectsInvalidFields) {
  const auto status = [](const cluster::Peer& asker) {
    return DecodeVouchRequest(EncodeVouch(cluster::VouchRequest{asker}))
        .status();
  };
  const char kSession[] =
      "asker.session: expected 1 to 128 bytes of printable ASCII without '/'";
  EXPECT_THAT(status({"", 7, "h:1"}),
              StatusIs(absl::StatusCode::kInvalidArgument, kSession));
  EXPECT_THAT(status({"a/b", 7, "h:1"}),
              StatusIs(absl::StatusCode::kInvalidArgument, kSession));
  EXPECT_THAT(status({"a\nb", 7, "h:1"}),
              StatusIs(absl::StatusCode::kInvalidArgument, kSession));
  EXPECT_THAT(status({std::string(129, 'a'), 7, "h:1"}),
              StatusIs(absl::StatusCode::kInvalidArgument, kSession));
  EXPECT_THAT(status({"a.1", 0, "h:1"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "asker.revision: expected a positive number"));
  EXPECT_THAT(status({"a.1", 7, "h"}),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "asker.address: expected HOST:PORT"));
}

TEST(PeersCodecTest, RejectsTooManyPeers) {
  cluster::VouchResponse sent;
  for (size_t i = 0; i < kMaxVouchPeers; ++i) {
    sent.peers.push_back(PeerAt("10.0.0.1:50052"));
  }
  EXPECT_THAT(DecodeVouchResponse(EncodeVouch(sent)), IsOk());
  sent.peers.push_back(PeerAt("10.0.0.1:50052"));
  EXPECT_THAT(DecodeVouchResponse(EncodeVouch(sent)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "peers: expected at most 2048"));
}

constexpr char kTag[] = "0123456789abcdef0123456789abcdef";

TEST(PeersCodecTest, CarriesOwners) {
  const auto request = DecodeFindOwnersRequest(
      EncodeFindOwners(cluster::FindOwnersRequest{{kTag}}));
  ASSERT_THAT(request, IsOk());
  EXPECT_EQ(request->tags, std::vector<std::string>{kTag});
  const auto response = DecodeFindOwnersResponse(EncodeFindOwners(
      cluster::FindOwnersResponse{{{kTag, "node.1", "10.0.0.1:50052", 7}}}));
  ASSERT_THAT(response, IsOk());
  ASSERT_EQ(response->owners.size(), 1u);
  EXPECT_EQ(response->owners[0].tag, kTag);
  EXPECT_EQ(response->owners[0].session, "node.1");
  EXPECT_EQ(response->owners[0].address, "10.0.0.1:50052");
  EXPECT_EQ(response->owners[0].epoch, 7);
}

TEST(PeersCodecTest, RejectsInvalidOwners) {
  const auto status = [](const cluster::FoundOwner& owner) {
    return DecodeFindOwnersResponse(
               EncodeFindOwners(cluster::FindOwnersResponse{{owner}}))
        .status();
  };
  const auto is = [](const std::string& message) {
    return StatusIs(absl::StatusCode::kInvalidArgument, message);
  };
  EXPECT_THAT(status({"", "a.1", "h:1", 7}),
              is("owners.tag: expected 32 hex digits"));
  EXPECT_THAT(status({std::string(32, 'G'), "a.1", "h:1", 7}),
              is("owners.tag: expected 32 hex digits"));
  EXPECT_THAT(status({kTag, "", "h:1", 7}),
              is("owners.session: expected 1 to 128 bytes of printable ASCII "
                 "without '/'"));
  EXPECT_THAT(status({kTag, "a.1", "unix:/h", 7}),
              is("owners.address: expected HOST:PORT"));
  EXPECT_THAT(status({kTag, "a.1", "h:1", 0}),
              is("owners.epoch: expected a positive number"));
  EXPECT_THAT(DecodeFindOwnersRequest(
                  EncodeFindOwners(cluster::FindOwnersRequest{{"/"}})),
              is("tags: expected 32 hex digits"));
}

TEST(PeersCodecTest, RejectsTooManyOwners) {
  constexpr size_t kMax = cluster::OwnerLookup::kMaxTags;
  cluster::FindOwnersRequest asked{std::vector<std::string>(kMax, kTag)};
  EXPECT_THAT(DecodeFindOwnersRequest(EncodeFindOwners(asked)), IsOk());
  asked.tags.emplace_back(kTag);
  EXPECT_THAT(DecodeFindOwnersRequest(EncodeFindOwners(asked)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "FindOwnersRequest: expected a message of at most 3400 "
                       "bytes, not compressed"));
  cluster::FindOwnersResponse sent;
  sent.owners.assign(kMax, {kTag, "node.1", "10.0.0.1:50052", 7});
  EXPECT_THAT(DecodeFindOwnersResponse(EncodeFindOwners(sent)), IsOk());
  sent.owners.push_back(sent.owners[0]);
  EXPECT_THAT(DecodeFindOwnersResponse(EncodeFindOwners(sent)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "owners: expected at most 100"));
}

TEST(PeersCodecTest, RejectsLargeAndMalformedMessages) {
  peers::v1::VouchRequest large;
  large.mutable_asker()->set_session(std::string(1000, 'a'));
  EXPECT_THAT(DecodeVouchRequest(Encode(large)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "VouchRequest: expected a message of at most 512 bytes, "
                       "not compressed"));
  const grpc::Slice slice("\xff\xff");
  EXPECT_THAT(DecodeVouchResponse(grpc::ByteBuffer(&slice, 1)),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       "VouchResponse: expected a message of at most 1048576 "
                       "bytes, not compressed"));
  EXPECT_THAT(DecodeVouchResponse(grpc::ByteBuffer()),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace wriftai
