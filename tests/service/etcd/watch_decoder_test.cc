#include "service/etcd/watch_decoder.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kCreated[] = "header { revision: 9 } watch_id: 5 created: true";

// A response of watch 5 at revision 9.
std::string Response(const std::string& text) {
  return absl::StrCat("header { revision: 9 } watch_id: 5 ", text);
}
std::string Put(const std::string& key, int revision) {
  return absl::StrCat("events { kv { key: '", key,
                      "' create_revision: 1 mod_revision: ", revision, " } } ");
}
std::string Delete(const std::string& key, int revision) {
  return absl::StrCat("events { type: DELETE kv { key: '", key,
                      "' mod_revision: ", revision, " } } ");
}

// A watch of [b, d) from revision 4 on.
class WatchDecoderTest : public ::testing::Test {
 protected:
  // The events as KEY@REVISION, or -KEY@REVISION if deleted.
  absl::StatusOr<std::vector<std::string>> Decode(const std::string& text) {
    etcdserverpb::WatchResponse response;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &response))
        << text;
    const auto events = decoder_.Decode(response);
    if (!events.ok()) return events.status();
    std::vector<std::string> texts;
    for (const cluster::Event& event : *events) {
      texts.push_back(absl::StrCat(event.deleted ? "-" : "", event.entry.key,
                                   "@", event.entry.mod_revision));
    }
    return texts;
  }
  void ExpectMalformed(const std::string& text) {
    EXPECT_THAT(Decode(text), StatusIs(absl::StatusCode::kUnavailable,
                                       HasSubstr("malformed response")));
  }

  WatchDecoder decoder_{{"b", "d"}, 4};
};

TEST_F(WatchDecoderTest, DecodesEventsInOrder) {
  EXPECT_THAT(Decode(kCreated), IsOkAndHolds(IsEmpty()));
  EXPECT_TRUE(decoder_.created());
  EXPECT_THAT(Decode(Response(Put("b", 4) + Put("c", 4) + Delete("b", 6))),
              IsOkAndHolds(ElementsAre("b@4", "c@4", "-b@6")));
  EXPECT_THAT(Decode(Response(Put("b", 7))), IsOkAndHolds(ElementsAre("b@7")));
}

TEST_F(WatchDecoderTest, JoinsFragments) {
  ASSERT_THAT(Decode(kCreated), IsOk());
  EXPECT_THAT(Decode(Response("fragment: true " + Put("b", 4) + Put("b", 5))),
              IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Decode(Response("fragment: true " + Put("c", 5))),
              IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Decode(Response(Put("b", 6))),
              IsOkAndHolds(ElementsAre("b@4", "b@5", "c@5", "b@6")));
  EXPECT_THAT(Decode(Response(Put("b", 7))), IsOkAndHolds(ElementsAre("b@7")));
}

TEST_F(WatchDecoderTest, IgnoresProgress) {
  ASSERT_THAT(Decode(kCreated), IsOk());
  EXPECT_THAT(Decode(Response("")), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Decode(Response(Put("b", 4))), IsOkAndHolds(ElementsAre("b@4")));
}

TEST_F(WatchDecoderTest, CompactedRevisionIsOutOfRange) {
  ASSERT_THAT(Decode(kCreated), IsOk());
  EXPECT_THAT(Decode(Response("canceled: true compact_revision: 6")),
              StatusIs(absl::StatusCode::kOutOfRange));
}

TEST_F(WatchDecoderTest, CanceledWatchIsUnavailable) {
  EXPECT_THAT(Decode(Response("created: true canceled: true cancel_reason: "
                              "'etcdserver: permission denied\\n'")),
              StatusIs(absl::StatusCode::kUnavailable,
                       "etcd canceled the watch: etcdserver: permission "
                       "denied?"));
}

TEST_F(WatchDecoderTest, RejectsEventsBeforeConfirmation) {
  ExpectMalformed(Response(Put("b", 4)));
}

TEST_F(WatchDecoderTest, RejectsSecondConfirmation) {
  ASSERT_THAT(Decode(kCreated), IsOk());
  ExpectMalformed(kCreated);
}

TEST_F(WatchDecoderTest, RejectsOtherWatch) {
  ASSERT_THAT(Decode(kCreated), IsOk());
  ExpectMalformed("header { revision: 9 } watch_id: 6 " + Put("b", 4));
}

TEST_F(WatchDecoderTest, RejectsMissingRevision) {
  ASSERT_THAT(Decode(kCreated), IsOk());
  ExpectMalformed("watch_id: 5");
}

TEST_F(WatchDecoderTest, RejectsEventsOfOtherKeys) {
  ASSERT_THAT(Decode(kCreated), IsOk());
  ExpectMalformed(Response(Put("d", 4)));
}

TEST_F(WatchDecoderTest, RejectsEventsBeforeItsRevision) {
  ASSERT_THAT(Decode(kCreated), IsOk());
  ExpectMalformed(Response(Put("b", 3)));
}

TEST_F(WatchDecoderTest, RejectsEventsAfterTheStoresRevision) {
  ASSERT_THAT(Decode(kCreated), IsOk());
  ExpectMalformed(Response(Delete("b", 10)));
}

TEST_F(WatchDecoderTest, RejectsRevisionInTwoResponses) {
  ASSERT_THAT(Decode(kCreated), IsOk());
  ASSERT_THAT(Decode(Response(Put("b", 4))), IsOk());
  ExpectMalformed(Response(Put("c", 4)));
}

TEST_F(WatchDecoderTest, RejectsEventsOutOfOrder) {
  ASSERT_THAT(Decode(kCreated), IsOk());
  ExpectMalformed(Response(Put("b", 6) + Put("b", 5)));
}

TEST_F(WatchDecoderTest, RejectsUnknownEvents) {
  ASSERT_THAT(Decode(kCreated), IsOk());
  etcdserverpb::WatchResponse response;
  response.mutable_header()->set_revision(9);
  response.set_watch_id(5);
  etcdserverpb::Event& event = *response.add_events();
  event.set_type(static_cast<etcdserverpb::Event::EventType>(2));
  event.mutable_kv()->set_key("b");
  event.mutable_kv()->set_mod_revision(4);
  EXPECT_THAT(decoder_.Decode(response),
              StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(WatchDecoderTest, BoundsFragments) {
  ASSERT_THAT(Decode(kCreated), IsOk());
  etcdserverpb::WatchResponse fragment;
  fragment.mutable_header()->set_revision(9);
  fragment.set_watch_id(5);
  fragment.set_fragment(true);
  fragment.set_cancel_reason(
      std::string(WatchDecoder::kMaxFragmentBytes / 4, 'x'));
  for (int i = 0; i < 3; ++i) ASSERT_THAT(decoder_.Decode(fragment), IsOk());
  EXPECT_THAT(decoder_.Decode(fragment),
              StatusIs(absl::StatusCode::kUnavailable));
}

}  // namespace
}  // namespace wriftai
