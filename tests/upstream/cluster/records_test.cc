#include "upstream/cluster/records.h"

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace wriftai::cluster {
namespace {

TEST(MemberRecordTest, SurvivesEncodingAndIgnoresUnknownNames) {
  MemberRecord sent;
  sent.address = "[::1]:9000";
  sent.webhook_address = "h:8080";
  sent.build = "1.2.3+c0ffee";
  sent.admitted = false;
  sent.own_tags = {"aa", "bb"};
  const auto record = DecodeMember(Encode(sent) + "new=1\nnoise\n");
  ASSERT_THAT(record, IsOk());
  EXPECT_EQ(record->address, "[::1]:9000");
  EXPECT_EQ(record->webhook_address, "h:8080");
  EXPECT_EQ(record->build, "1.2.3+c0ffee");
  EXPECT_EQ(record->protocols, std::vector<std::string>{"1"});
  EXPECT_FALSE(record->admitted);
  EXPECT_TRUE(record->calls_joining);
  EXPECT_EQ(record->own_tags, (std::vector<std::string>{"aa", "bb"}));
}

TEST(MemberRecordTest, OneThatDoesNotSayServesAndCallsNobody) {
  const auto record = DecodeMember("address=h:1\n");
  ASSERT_THAT(record, IsOk());
  EXPECT_TRUE(record->admitted);
  EXPECT_FALSE(record->calls_joining);
}

TEST(MemberRecordTest, SharesProtocolThatBothName) {
  const MemberRecord ours;
  MemberRecord other;
  EXPECT_TRUE(ours.SharesProtocol(other));
  other.protocols = {"2", "1"};
  EXPECT_TRUE(ours.SharesProtocol(other));
  other.protocols = {"2"};
  EXPECT_FALSE(ours.SharesProtocol(other));
  other.protocols = {};
  EXPECT_FALSE(ours.SharesProtocol(other));
}

TEST(MemberRecordTest, OwnTokensOfOneAccountMayBeRotated) {
  MemberRecord ours;
  MemberRecord other;
  ours.own_tags = {"new", "old"};
  EXPECT_TRUE(ours.MayShareOwnToken(other));  // It has none.
  other.own_tags = {"old"};
  EXPECT_TRUE(ours.MayShareOwnToken(other));
  other.own_tags = {"older", "oldest"};
  EXPECT_FALSE(ours.MayShareOwnToken(other));
}

TEST(MemberRecordTest, RejectsRecordWithoutAddress) {
  for (const char* const text : {"", "address=", "address", "Address=x"}) {
    EXPECT_THAT(DecodeMember(text),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         "member record: expected an address"));
  }
}

RequestRecord Answered() {
  RequestRecord record;
  record.state = RequestRecord::State::kAnswered;
  record.session = "n.1";
  record.attempt = "n.7";
  record.fingerprint = "ab";
  record.result = "id=1=2";
  return record;
}

TEST(RequestRecordTest, SurvivesEncoding) {
  const auto answered = DecodeRequest(Encode(Answered()));
  ASSERT_THAT(answered, IsOk());
  EXPECT_EQ(answered->state, RequestRecord::State::kAnswered);
  EXPECT_EQ(answered->session, "n.1");
  EXPECT_EQ(answered->attempt, "n.7");
  EXPECT_EQ(answered->fingerprint, "ab");
  EXPECT_EQ(answered->result, "id=1=2");
  RequestRecord sending = Answered();
  sending.state = RequestRecord::State::kSending;
  sending.result = "";
  EXPECT_EQ(DecodeRequest(Encode(sending))->state,
            RequestRecord::State::kSending);
}

TEST(RequestRecordTest, RejectsUnknownState) {
  for (const char* const text :
       {"", "state=done\nsession=n.1\nattempt=n.7\n"}) {
    EXPECT_THAT(
        DecodeRequest(text),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 "request record: expected the state sending or answered"));
  }
}

TEST(RequestRecordTest, RejectsMissingFields) {
  for (const auto field : {&RequestRecord::session, &RequestRecord::attempt,
                           &RequestRecord::fingerprint}) {
    RequestRecord record = Answered();
    (record.*field).clear();
    EXPECT_THAT(
        DecodeRequest(Encode(record)),
        StatusIs(absl::StatusCode::kInvalidArgument,
                 "request record: expected session, attempt and fingerprint"));
  }
}

}  // namespace
}  // namespace wriftai::cluster
