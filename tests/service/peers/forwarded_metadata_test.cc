#include "service/peers/forwarded_metadata.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "service/rpc/forwarded_call_gate.h"
#include "service/rpc/received_request.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using Metadata = std::vector<std::pair<std::string, std::string>>;

// What the owner reads.
absl::StatusOr<ForwardedCallInfo> InfoFrom(const Metadata& sent) {
  CallMetadata metadata;
  for (const auto& [key, value] : sent) metadata.emplace(key, value);
  return ForwardedCallInfoFrom(metadata);
}

absl::StatusOr<ForwardedCallInfo> InfoWithCreationTime(
    const std::string& created) {
  return InfoFrom({{"wriftai-epoch", "7"}, {"wriftai-created-at", created}});
}

// The metadata of a Wait for a prediction of that time.
PeerRequest RequestFor(absl::Time created) {
  PeerRequest request;
  AddForwardedMetadata(PeerOwner{"h:1", 7}, Credential(Secret("token")),
                       nullptr, request);
  AddCreationTime(created, request);
  return request;
}

TEST(ForwardedMetadataTest, CreationTimeArrivesExactly) {
  for (const absl::Time created :
       {absl::FromUnixNanos(1'764'470'762'123'456'789),
        absl::FromUnixSeconds(1'764'470'762), absl::UnixEpoch(),
        absl::FromUnixSeconds(-62135596800),
        absl::FromUnixSeconds(253402300799)}) {
    Metadata metadata;
    for (const auto& [key, value] : RequestFor(created).metadata) {
      metadata.emplace_back(key, value);
    }
    const auto info = InfoFrom(metadata);
    ASSERT_THAT(info, IsOk());
    EXPECT_EQ(info->epoch, 7);
    EXPECT_EQ(info->created, created);
    WaitCall call;
    ApplyForwarded(*info, call);
    EXPECT_EQ(call.options.created, created);
  }
}

class NamedCredential : public Credential {
 public:
  NamedCredential() : Credential(std::string("gateway")) {}
};

// Another account's replica, which has the same name for its own token, may
// have got the owner's address.
TEST(ForwardedMetadataTest, OwnTokenTravelsAsItsTags) {
  PeerRequest request;
  AddForwardedMetadata(PeerOwner{"h:1", 7, {"new", "old"}}, NamedCredential(),
                       nullptr, request);
  Metadata metadata;
  for (const auto& [key, value] : request.metadata) {
    EXPECT_STRNE(key, "authorization");
    metadata.emplace_back(key, value);
  }
  const auto info = InfoFrom(metadata);
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->own_tags, (std::vector<std::string>{"new", "old"}));
}

// The owner would reject the Wait.
TEST(ForwardedMetadataTest, UnknownAndInvalidCreationTimesAreNotSent) {
  for (const absl::Time created : {absl::InfinitePast(), absl::InfiniteFuture(),
                                   absl::FromUnixSeconds(-62135596801),
                                   absl::FromUnixSeconds(253402300800)}) {
    for (const auto& [key, value] : RequestFor(created).metadata) {
      EXPECT_STRNE(key, kCreatedAtKey) << value;
    }
  }
}

TEST(ForwardedMetadataTest, CreationTimeIsUnknownWithoutItsEntry) {
  const auto info = InfoFrom({{"wriftai-epoch", "7"}});
  ASSERT_THAT(info, IsOk());
  EXPECT_EQ(info->created, absl::InfinitePast());
}

TEST(ForwardedMetadataTest, OwnerRejectsInvalidCreationTimes) {
  const auto rejected =
      StatusIs(absl::StatusCode::kInvalidArgument,
               "wriftai-created-at: expected one metadata entry with a time "
               "such as 2026-01-31T12:00:00.5Z");
  for (const char* const invalid :
       {"", "1764470762", "infinite-past", "infinite-future", "2026-01-31",
        "2026-02-30T12:00:00Z", "2026-01-31T12:00:00", " 2026-01-31T12:00:00Z",
        "0000-12-31T23:59:59Z", "10000-01-01T00:00:00Z",
        "9999-12-31T23:59:59-01:00"}) {
    EXPECT_THAT(InfoWithCreationTime(invalid), rejected) << invalid;
  }
  EXPECT_THAT(InfoWithCreationTime(std::string("2026-01-31T12:00:00Z\0", 21)),
              rejected);
  EXPECT_THAT(InfoFrom({{"wriftai-epoch", "7"},
                        {"wriftai-created-at", "2026-01-31T12:00:00Z"},
                        {"wriftai-created-at", "2026-01-31T12:00:00Z"}}),
              rejected);
}

TEST(ForwardedMetadataTest, OwnerRejectsInvalidEpochs) {
  const auto rejected = StatusIs(
      absl::StatusCode::kInvalidArgument,
      "wriftai-epoch: expected one metadata entry with a positive number");
  EXPECT_THAT(InfoFrom({}), rejected);
  for (const char* const invalid :
       {"", "0", "-1", "7x", "9223372036854775808"}) {
    EXPECT_THAT(InfoFrom({{"wriftai-epoch", invalid}}), rejected) << invalid;
  }
  EXPECT_THAT(InfoFrom({{"wriftai-epoch", "7"}, {"wriftai-epoch", "7"}}),
              rejected);
}

}  // namespace
}  // namespace wriftai
