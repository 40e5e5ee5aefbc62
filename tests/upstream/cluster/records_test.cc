#include "upstream/cluster/records.h"

#include <string>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace wriftai::cluster {
namespace {

TEST(MemberRecordTest, SurvivesEncodingAndIgnoresUnknownNames) {
  const auto record =
      DecodeMember(Encode(MemberRecord{"[::1]:9000"}) + "new=1\nnoise\n");
  ASSERT_THAT(record, IsOk());
  EXPECT_EQ(record->address, "[::1]:9000");
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
