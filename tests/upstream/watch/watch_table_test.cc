#include "upstream/watch/watch_table.h"

#include <memory>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/upstream/watch/one_table.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using WatchTableTest = OneTableTest;

class FakeGet : public Call {};

TEST_F(WatchTableTest, CreationTimeThatAWaiterKnowsHoldsUntilAStateIsSeen) {
  const absl::Time created = absl::FromUnixSeconds(1000);
  PollTarget& target = Subscribe();
  EXPECT_EQ(target.created, absl::InfinitePast());
  WatchOptions options;
  options.created = created;
  table_.Subscribe(kId, options, observer_, nullptr, false);
  EXPECT_EQ(target.created, created);
  options.created = created + absl::Seconds(1);
  table_.Subscribe(kId, options, observer_, nullptr, false);
  EXPECT_EQ(target.created, created);
  v1::Prediction seen = MakePrediction(kId, "started", 1);
  seen.mutable_created_at()->set_seconds(2000);
  table_.Apply(Observation(std::move(seen), v1::SOURCE_GET, now(), now()));
  EXPECT_EQ(target.created, absl::FromUnixSeconds(2000));
}

TEST_F(WatchTableTest, PageRequestedBeforeAGetChangesNothing) {
  PollTarget& target = Subscribe();
  const Instant page_requested = now();
  event_loop_.Advance(absl::Milliseconds(500));
  Show(v1::SOURCE_GET, "started", now(), 1);
  Show(v1::SOURCE_LIST, "pending", page_requested);
  Show(v1::SOURCE_LIST, "started", page_requested, 1);
  EXPECT_FALSE(target.missing_from_page);
  EXPECT_FALSE(target.page_observation.has_value());
  EXPECT_EQ(target.DueAt(), now().now + absl::Seconds(1));
}

// The GET will be newer; but it may hang.
TEST_F(WatchTableTest, PageDuringAGetChangesNothingForThreeSeconds) {
  PollTarget& target = Subscribe();
  target.get = std::make_unique<FakeGet>();
  target.get_sent_at = now().now;
  event_loop_.Advance(PollTarget::kMaxPageWait - absl::Milliseconds(1));
  Show(v1::SOURCE_LIST, "started", now());
  event_loop_.RunPosted();
  EXPECT_THAT(observer_.statuses, IsEmpty());
  event_loop_.Advance(absl::Milliseconds(1));
  Show(v1::SOURCE_LIST, "started", now());
  event_loop_.RunPosted();
  EXPECT_THAT(observer_.statuses, ElementsAre("started"));
}

// Else an upstream that changes updated_at of ended predictions moves them
// behind the others again and again.
TEST_F(WatchTableTest, PageThatRepeatsAnEndKeepsItsTurn) {
  PollTarget& target = Subscribe();
  Show(v1::SOURCE_LIST, "succeeded", now(), 10);
  const absl::Time ended_at = target.ended_at;
  event_loop_.Advance(absl::Seconds(1));
  Show(v1::SOURCE_LIST, "succeeded", now(), 20);
  EXPECT_TRUE(target.output_pending);
  EXPECT_EQ(target.ended_at, ended_at);
}

// It lacks the output, and would end a later wait without one.
TEST_F(WatchTableTest, PageItemWithoutWaitersIsNotCached) {
  Show(v1::SOURCE_LIST, "succeeded", now());
  EXPECT_EQ(cache_.size(), 0u);
}

// It gets no more events, and pages show many of them.
TEST_F(WatchTableTest, EndedPageItemWithoutWaitersRecordsNoOwner) {
  Show(v1::SOURCE_LIST, "succeeded", now());
  EXPECT_EQ(webhooks_.ownership_count(), 0u);
  Show(v1::SOURCE_LIST, "started", now());
  EXPECT_EQ(webhooks_.ownership_count(), 1u);
}

TEST_F(WatchTableTest, EndedGetWithoutWaitersRecordsItsOwner) {
  Show(v1::SOURCE_GET, "succeeded", now());
  EXPECT_EQ(webhooks_.ownership_count(), 1u);
}

TEST_F(WatchTableTest, PageItemKeepsTheInputThatAGetShowed) {
  const PollTarget& target = Subscribe();
  v1::Prediction got = MakePrediction(kId, "pending");
  got.set_input_json("{}");
  table_.Apply(Observation(&got, v1::SOURCE_GET, now(), now()));
  event_loop_.Advance(absl::Seconds(1));
  Show(v1::SOURCE_LIST, "started", now(), 1);
  EXPECT_EQ(target.watch.newest()->prediction.status_text(), "started");
  EXPECT_EQ(target.watch.newest()->prediction.input_json(), "{}");
}

TEST_F(WatchTableTest, RejectedTokenLosesWhatIsCachedOfOtherPredictions) {
  Show(v1::SOURCE_GET, "succeeded", now());
  ASSERT_EQ(cache_.size(), 1u);
  table_.RejectToken(absl::UnauthenticatedError("401"));
  EXPECT_EQ(cache_.size(), 0u);
}

TEST_F(WatchTableTest, WrongListMakesWhatItShowedDueAtOnce) {
  PollTarget& target = Subscribe(kId, absl::Seconds(30));
  Show(v1::SOURCE_GET, "started", now());
  event_loop_.Advance(absl::Seconds(30));
  Show(v1::SOURCE_LIST, "started", now());
  event_loop_.Advance(absl::Seconds(1));
  ASSERT_EQ(table_.polls().FindDue({}, now()).seen, nullptr);
  table_.DropPageObservations();
  EXPECT_EQ(table_.polls().FindDue({}, now()).seen, &target);
}

TEST_F(WatchTableTest, NewWaiterHearsTheSpacingOfOthersOnlyWithoutWebhooks) {
  Subscribe("2");
  Show(v1::SOURCE_GET, "started", now(), 0, "2");
  event_loop_.Advance(absl::Seconds(20));
  Show(v1::SOURCE_GET, "started", now(), 0, "2");
  event_loop_.RunPosted();
  observer_.intervals.clear();
  // A tenth of it, since it is the first.
  const absl::Duration spacing = absl::Seconds(2);

  Subscribe("3", absl::Seconds(1), true);
  Show(v1::SOURCE_CREATE, "pending", now(), 0, "1");
  webhooks_.MarkActive(token_->key(), "1");
  Subscribe("1", absl::Seconds(1), true);
  event_loop_.RunPosted();
  EXPECT_THAT(observer_.intervals, ElementsAre(kWebhookInterval));
  observer_.intervals.clear();
  Subscribe("3", absl::Seconds(1), true);
  Show(v1::SOURCE_GET, "started", now(), 0, "3");
  event_loop_.RunPosted();
  EXPECT_THAT(observer_.intervals, ElementsAre(spacing, spacing));
}

}  // namespace
}  // namespace wriftai
