#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/recording_observer.h"
#include "tests/support/status_matchers.h"
#include "upstream/watch/watch_registry.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";
constexpr char kOtherId[] = "00000000-0000-0000-0000-000000000001";
constexpr absl::Duration kInitial = absl::Seconds(30);

// Waits on a gateway that receives webhooks.
class WebhookWaitTest : public ::testing::Test {
 protected:
  static WebhookFeed::Options Enabled() {
    WebhookFeed::Options options;
    options.enabled = true;
    options.poll_interval = kInitial;
    return options;
  }

  std::unique_ptr<Subscription> Subscribe(RecordingObserver& observer,
                                          const char* token = "alice",
                                          const char* id = kId) {
    auto subscription = registry_.Subscribe(MakeCredential(token), id,
                                            WatchOptions(), observer);
    event_loop_.RunPosted();
    return subscription;
  }

  // Applies a create with the gateway's own webhook.
  void ApplyCreate(const char* token = "alice", const char* id = kId,
                   const char* status = "pending") {
    const auto credential = MakeCredential(token);
    registry_.Apply(*credential, MakePrediction(id, status), v1::SOURCE_CREATE);
    registry_.MarkWebhookActive(*credential, id);
  }

  void DeliverEvent(const char* status, int updated, const char* id = kId) {
    v1::Prediction event = MakePrediction(id, status, updated);
    event.set_output_json(status);
    registry_.PublishWebhook(std::move(event));
    event_loop_.RunPosted();
  }

  // Completes the poll in flight.
  void CompletePoll(const char* status, int updated) {
    client_.Complete(
        MakePrediction(client_.calls().back().id, status, updated));
    event_loop_.RunPosted();
  }

  size_t polls() const { return client_.calls().size(); }

  // Advances to the next poll, and returns how long that took.
  absl::Duration NextPoll() {
    const size_t before = polls();
    const absl::Time start = event_loop_.Now();
    while (polls() == before && event_loop_.AdvanceToNextTimer()) {
    }
    return event_loop_.Now() - start;
  }

  ManualEventLoop event_loop_;
  FakePredictionClient client_;
  Random random_{1};
  BudgetRegistry budgets_{BudgetRegistry::kUnlimited, event_loop_};
  WatchRegistry registry_{{{}, Enabled(), PagePolicy::kByCost},
                          event_loop_,
                          client_,
                          budgets_,
                          random_};
  RecordingObserver alice_;
  RecordingObserver bob_;
};

TEST_F(WebhookWaitTest, EventEndsWaitWithOutputAndWithoutRead) {
  ApplyCreate();
  const auto wait = Subscribe(alice_);
  DeliverEvent("started", 1);
  DeliverEvent("succeeded", 2);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending", "started", "succeeded"));
  EXPECT_EQ(alice_.snapshots.back()->source, v1::SOURCE_WEBHOOK);
  EXPECT_EQ(alice_.snapshots.back()->prediction.output_json(), "succeeded");
  EXPECT_EQ(polls(), 0u);
  EXPECT_EQ(registry_.watch_count(), 0u);
}

TEST_F(WebhookWaitTest, TerminalEventCancelsPollInFlight) {
  const auto wait = Subscribe(alice_);
  CompletePoll("pending", 0);
  NextPoll();
  DeliverEvent("succeeded", 2);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending", "succeeded"));
  EXPECT_EQ(client_.pending_count(), 0u);
}

TEST_F(WebhookWaitTest, NotifiesOfEarlierEventWithoutRead) {
  ApplyCreate();
  DeliverEvent("succeeded", 2);
  const auto wait = Subscribe(alice_);
  EXPECT_THAT(alice_.statuses, ElementsAre("succeeded"));
  EXPECT_EQ(polls(), 0u);
}

TEST_F(WebhookWaitTest, NotifiesOfEventBeforeCreateResponse) {
  DeliverEvent("started", 1);
  DeliverEvent("succeeded", 2);
  ApplyCreate();
  const auto wait = Subscribe(alice_);
  EXPECT_THAT(alice_.statuses, ElementsAre("succeeded"));
  EXPECT_EQ(polls(), 0u);
  EXPECT_EQ(registry_.webhooks().stats().early, 2);
  EXPECT_EQ(registry_.webhooks().stats().early_used, 1);
}

TEST_F(WebhookWaitTest, NotifiesOfEventBeforePollShowsOwnership) {
  const auto wait = Subscribe(alice_);
  DeliverEvent("succeeded", 2);
  EXPECT_THAT(alice_.statuses, IsEmpty());
  CompletePoll("pending", 0);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending", "succeeded"));
}

TEST_F(WebhookWaitTest, DropsAndCountsEventWithoutOwner) {
  DeliverEvent("succeeded", 2);
  event_loop_.Advance(UnclaimedEventBuffer::kTtl);
  EXPECT_EQ(registry_.webhooks().stats().unknown, 1);
  ApplyCreate();
  const auto wait = Subscribe(alice_);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending"));
}

TEST_F(WebhookWaitTest, EventReachesOnlyOwners) {
  ApplyCreate("alice");
  const auto a = Subscribe(alice_, "alice");
  const auto b = Subscribe(bob_, "bob");
  DeliverEvent("succeeded", 2);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending", "succeeded"));
  EXPECT_THAT(bob_.statuses, IsEmpty());
  client_.Complete(absl::NotFoundError("not yours"));
  event_loop_.RunPosted();
  EXPECT_THAT(bob_.statuses, IsEmpty());
  EXPECT_THAT(bob_.errors, ElementsAre(StatusIs(absl::StatusCode::kNotFound)));
  const auto again = Subscribe(bob_, "bob");
  EXPECT_THAT(bob_.statuses, IsEmpty());
}

TEST_F(WebhookWaitTest, EventReachesAllOwners) {
  ApplyCreate("alice");
  registry_.Apply(*MakeCredential("bob"), MakePrediction(kId, "pending"),
                  v1::SOURCE_GET);
  const auto a = Subscribe(alice_, "alice");
  const auto b = Subscribe(bob_, "bob");
  DeliverEvent("succeeded", 2);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending", "succeeded"));
  EXPECT_THAT(bob_.statuses, ElementsAre("pending", "succeeded"));
}

TEST_F(WebhookWaitTest, ListItemRecordsOwnership) {
  registry_.Apply(*MakeCredential("alice"), MakePrediction(kId, "started", 1),
                  v1::SOURCE_LIST);
  DeliverEvent("succeeded", 2);
  const auto wait = Subscribe(alice_);
  EXPECT_THAT(alice_.statuses, ElementsAre("succeeded"));
}

TEST_F(WebhookWaitTest, RejectedTokenLosesOwnerships) {
  ApplyCreate();
  registry_.OnTokenRejected(*MakeCredential("alice"));
  DeliverEvent("succeeded", 2);
  const auto wait = Subscribe(alice_);
  EXPECT_THAT(alice_.statuses, IsEmpty());
}

TEST_F(WebhookWaitTest, TokenRejectedByPollLosesOwnerships) {
  const auto wait = Subscribe(alice_);
  CompletePoll("pending", 0);
  NextPoll();
  client_.Complete(absl::UnauthenticatedError("revoked"));
  event_loop_.RunPosted();
  DeliverEvent("succeeded", 2);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending"));
  EXPECT_EQ(registry_.webhooks().stats().early, 1);
}

TEST_F(WebhookWaitTest, DuplicateEventsDoNotNotifyOrDelayPolls) {
  ApplyCreate();
  const auto wait = Subscribe(alice_);
  DeliverEvent("started", 1);
  event_loop_.Advance(absl::Seconds(10));
  DeliverEvent("started", 1);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending", "started"));
  EXPECT_EQ(registry_.webhooks().stats().duplicates, 1);
  EXPECT_LE(NextPoll(), absl::Seconds(50));
}

TEST_F(WebhookWaitTest, LateEventsNeverGoBackwards) {
  ApplyCreate();
  const auto wait = Subscribe(alice_);
  DeliverEvent("started", 3);
  DeliverEvent("pending", 1);
  DeliverEvent("started", 2);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending", "started"));
  DeliverEvent("succeeded", 4);
  DeliverEvent("started", 3);
  DeliverEvent("failed", 5);
  EXPECT_EQ(registry_.webhooks().stats().out_of_order, 4);
  const auto again = Subscribe(bob_, "alice");
  EXPECT_THAT(bob_.statuses, ElementsAre("succeeded"));
}

TEST_F(WebhookWaitTest, RecordsNoOwnershipsWithoutWebhooks) {
  WatchRegistry without({}, event_loop_, client_, budgets_, random_);
  without.Apply(*MakeCredential("alice"), MakePrediction(kId, "pending"),
                v1::SOURCE_GET);
  EXPECT_EQ(without.webhooks().ownership_count(), 0u);
}

TEST_F(WebhookWaitTest, PollsRarelyAndReportsIntervalWithActiveWebhook) {
  ApplyCreate();
  const auto wait = Subscribe(alice_);
  EXPECT_THAT(alice_.intervals, ElementsAre(kInitial));
  EXPECT_EQ(NextPoll(), kInitial);
}

TEST_F(WebhookWaitTest, PollsAtWaiterIntervalWithForeignWebhook) {
  registry_.Apply(*MakeCredential("alice"), MakePrediction(kId, "pending"),
                  v1::SOURCE_CREATE);
  const auto wait = Subscribe(alice_);
  EXPECT_THAT(alice_.intervals, ElementsAre(absl::Seconds(1)));
  EXPECT_EQ(NextPoll(), absl::Seconds(1));
}

TEST_F(WebhookWaitTest, EventReplacesNextPoll) {
  registry_.Apply(*MakeCredential("alice"), MakePrediction(kId, "pending"),
                  v1::SOURCE_CREATE);
  const auto wait = Subscribe(alice_);
  event_loop_.Advance(absl::Milliseconds(900));
  DeliverEvent("started", 1);
  // The webhook is active from the first event on.
  EXPECT_GE(NextPoll(), kInitial);
}

TEST_F(WebhookWaitTest, PollsLessOftenWhileNoEventIsMissed) {
  ApplyCreate();
  const auto wait = Subscribe(alice_);
  EXPECT_EQ(NextPoll(), kInitial);
  // Only events increase the reliability.
  for (int i = 0; i < 1000; ++i) {
    const std::string id = absl::StrCat("event ", i);
    ApplyCreate("alice", id.c_str());
    DeliverEvent("succeeded", 1, id.c_str());
  }
  CompletePoll("pending", 0);
  EXPECT_EQ(NextPoll(), kInitial * 2);
  CompletePoll("pending", 0);
  EXPECT_EQ(NextPoll(), kInitial * 4);
  CompletePoll("pending", 0);
  EXPECT_EQ(NextPoll(), kInitial * 8);
  CompletePoll("pending", 0);
  EXPECT_EQ(NextPoll(), kInitial * WebhookReliability::kMaxMultiple);
  EXPECT_EQ(registry_.webhooks().stats().confirmed, 4);
}

TEST_F(WebhookWaitTest, MissedEventRestoresWaiterInterval) {
  ApplyCreate();
  const auto wait = Subscribe(alice_);
  EXPECT_EQ(NextPoll(), kInitial);
  CompletePoll("started", 1);
  EXPECT_EQ(registry_.webhooks().stats().missed, 1);
  EXPECT_EQ(NextPoll(), absl::Seconds(1));
  CompletePoll("started", 1);
  EXPECT_EQ(NextPoll(), absl::Seconds(1));
  EXPECT_EQ(alice_.intervals.back(), absl::Seconds(1));
}

TEST_F(WebhookWaitTest, MissedEventMakesOtherPollsDueSooner) {
  ApplyCreate("alice", kId);
  event_loop_.Advance(absl::Seconds(10));
  ApplyCreate("bob", kOtherId);
  const auto a = Subscribe(alice_, "alice", kId);
  const auto b = Subscribe(bob_, "bob", kOtherId);
  NextPoll();
  CompletePoll("started", 1);
  // 10 s of its 30 s are left, but an eighth of 30 s has already passed.
  ASSERT_EQ(client_.calls().back().id, kOtherId);
  EXPECT_EQ(client_.pending_count(), 1u);
}

TEST_F(WebhookWaitTest, RecentChangeDoesNotCountAsMissed) {
  ApplyCreate();
  const auto wait = Subscribe(alice_);
  NextPoll();
  v1::Prediction fresh = MakePrediction(kId, "started");
  fresh.mutable_updated_at()->set_seconds(
      absl::ToUnixSeconds(event_loop_.WallNow()) - 1);
  client_.Complete(fresh);
  event_loop_.RunPosted();
  EXPECT_EQ(registry_.webhooks().stats().missed, 0);
  EXPECT_EQ(registry_.webhooks().stats().confirmed, 0);
  EXPECT_EQ(NextPoll(), kInitial);
}

TEST_F(WebhookWaitTest, PredictionsWithActiveWebhooksUseLittleBudget) {
  BudgetRegistry budgets({3, 15}, event_loop_);
  WatchRegistry registry({{}, Enabled(), PagePolicy::kByCost}, event_loop_,
                         client_, budgets, random_);
  const auto credential = MakeCredential("alice");
  std::vector<std::unique_ptr<Subscription>> waits;
  for (int i = 0; i < 30; ++i) {
    const std::string id = absl::StrCat("webhook ", i);
    registry.Apply(*credential, MakePrediction(id, "pending"),
                   v1::SOURCE_CREATE);
    registry.MarkWebhookActive(*credential, id);
    waits.push_back(registry.Subscribe(credential, id, WatchOptions(), bob_));
  }
  waits.push_back(registry.Subscribe(credential, kId, WatchOptions(), alice_));
  event_loop_.RunPosted();
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(client_.calls().back().operation, "get");
    ASSERT_EQ(client_.calls().back().id, kId);
    CompletePoll("pending", 0);
    EXPECT_EQ(NextPoll(), absl::Seconds(1));
  }
  // The reported interval is not increased either.
  EXPECT_EQ(alice_.intervals.back(), absl::Seconds(1));
}

}  // namespace
}  // namespace wriftai
