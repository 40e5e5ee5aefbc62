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
constexpr absl::Duration kFirst = absl::Seconds(30);

// Waits of a gateway that receives webhooks.
class WebhookWaitTest : public ::testing::Test {
 protected:
  static WebhookFeed::Options Enabled() {
    WebhookFeed::Options options;
    options.enabled = true;
    options.poll_interval = kFirst;
    return options;
  }

  std::unique_ptr<Subscription> Join(RecordingObserver& observer,
                                     const char* token = "alice",
                                     const char* id = kId) {
    auto subscription = registry_.Subscribe(MakeCredential(token), id,
                                            WatchOptions(), observer);
    event_loop_.RunPosted();
    return subscription;
  }

  // With the gateway's own webhook.
  void Created(const char* token = "alice", const char* id = kId,
               const char* status = "pending") {
    const auto credential = MakeCredential(token);
    registry_.Apply(*credential, MakePrediction(id, status), v1::SOURCE_CREATE);
    registry_.MarkCovered(*credential, id);
  }

  void Event(const char* status, int updated, const char* id = kId) {
    v1::Prediction event = MakePrediction(id, status, updated);
    event.set_output_json(status);
    registry_.OnWebhook(std::move(event));
    event_loop_.RunPosted();
  }

  // Answers the poll under way.
  void Polled(const char* status, int updated) {
    client_.Complete(
        MakePrediction(client_.calls().back().id, status, updated));
    event_loop_.RunPosted();
  }

  size_t polls() const { return client_.calls().size(); }

  // How long until the next poll.
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

TEST_F(WebhookWaitTest, AnEventEndsTheWaitWithItsOutputAndWithoutARead) {
  Created();
  const auto wait = Join(alice_);
  Event("started", 1);
  Event("succeeded", 2);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending", "started", "succeeded"));
  EXPECT_EQ(alice_.snapshots.back()->source, v1::SOURCE_WEBHOOK);
  EXPECT_EQ(alice_.snapshots.back()->prediction.output_json(), "succeeded");
  EXPECT_EQ(polls(), 0u);
  EXPECT_EQ(registry_.watch_count(), 0u);
}

TEST_F(WebhookWaitTest, AnEventTakesBackThePollThatIsUnderWay) {
  const auto wait = Join(alice_);
  Polled("pending", 0);
  NextPoll();
  Event("succeeded", 2);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending", "succeeded"));
  EXPECT_EQ(client_.pending_count(), 0u);
}

TEST_F(WebhookWaitTest, WhatCameBeforeTheWaitIsToldWithoutARead) {
  Created();
  Event("succeeded", 2);
  const auto wait = Join(alice_);
  EXPECT_THAT(alice_.statuses, ElementsAre("succeeded"));
  EXPECT_EQ(polls(), 0u);
}

TEST_F(WebhookWaitTest, WhatCameBeforeTheCreatesAnswerIsTold) {
  Event("started", 1);
  Event("succeeded", 2);
  Created();
  const auto wait = Join(alice_);
  EXPECT_THAT(alice_.statuses, ElementsAre("succeeded"));
  EXPECT_EQ(polls(), 0u);
  EXPECT_EQ(registry_.webhook_stats().early, 2);
  EXPECT_EQ(registry_.webhook_stats().early_used, 1);
}

TEST_F(WebhookWaitTest, WhatCameBeforeThePollThatProvesItIsTold) {
  const auto wait = Join(alice_);
  Event("succeeded", 2);
  EXPECT_THAT(alice_.statuses, IsEmpty());
  Polled("pending", 0);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending", "succeeded"));
}

TEST_F(WebhookWaitTest, AnEventThatNobodyProvesInTimeIsDroppedAndCounted) {
  Event("succeeded", 2);
  event_loop_.Advance(UnclaimedEventBuffer::kKeepFor);
  EXPECT_EQ(registry_.webhook_stats().unknown, 1);
  Created();
  const auto wait = Join(alice_);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending"));
}

TEST_F(WebhookWaitTest, AnEventReachesNobodyWhoseOwnCallHasNotBroughtIt) {
  Created("alice");
  const auto a = Join(alice_, "alice");
  const auto b = Join(bob_, "bob");
  Event("succeeded", 2);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending", "succeeded"));
  EXPECT_THAT(bob_.statuses, IsEmpty());
  client_.Complete(absl::NotFoundError("not yours"));
  event_loop_.RunPosted();
  EXPECT_THAT(bob_.statuses, IsEmpty());
  EXPECT_THAT(bob_.errors, ElementsAre(StatusIs(absl::StatusCode::kNotFound)));
  const auto again = Join(bob_, "bob");
  EXPECT_THAT(bob_.statuses, IsEmpty());
}

TEST_F(WebhookWaitTest, AnEventReachesEveryCredentialThatHasProvenIt) {
  Created("alice");
  registry_.Apply(*MakeCredential("bob"), MakePrediction(kId, "pending"),
                  v1::SOURCE_GET);
  const auto a = Join(alice_, "alice");
  const auto b = Join(bob_, "bob");
  Event("succeeded", 2);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending", "succeeded"));
  EXPECT_THAT(bob_.statuses, ElementsAre("pending", "succeeded"));
}

TEST_F(WebhookWaitTest, AnItemOfAListProvesToo) {
  registry_.Apply(*MakeCredential("alice"), MakePrediction(kId, "started", 1),
                  v1::SOURCE_LIST);
  Event("succeeded", 2);
  const auto wait = Join(alice_);
  EXPECT_THAT(alice_.statuses, ElementsAre("succeeded"));
}

TEST_F(WebhookWaitTest, ARefusedTokenProvesNothingAnyMore) {
  Created();
  registry_.Forget(*MakeCredential("alice"));
  Event("succeeded", 2);
  const auto wait = Join(alice_);
  EXPECT_THAT(alice_.statuses, IsEmpty());
}

TEST_F(WebhookWaitTest, ATokenThatAPollFindsRefusedProvesNothingAnyMore) {
  const auto wait = Join(alice_);
  Polled("pending", 0);
  NextPoll();
  client_.Complete(absl::UnauthenticatedError("revoked"));
  event_loop_.RunPosted();
  Event("succeeded", 2);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending"));
  EXPECT_EQ(registry_.webhook_stats().early, 1);
}

TEST_F(WebhookWaitTest, DuplicatesAreNotToldAndPutNoPollOff) {
  Created();
  const auto wait = Join(alice_);
  Event("started", 1);
  event_loop_.Advance(absl::Seconds(10));
  Event("started", 1);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending", "started"));
  EXPECT_EQ(registry_.webhook_stats().duplicates, 1);
  EXPECT_LE(NextPoll(), absl::Seconds(50));
}

TEST_F(WebhookWaitTest, LateEventsNeverLeadBack) {
  Created();
  const auto wait = Join(alice_);
  Event("started", 3);
  Event("pending", 1);
  Event("started", 2);
  EXPECT_THAT(alice_.statuses, ElementsAre("pending", "started"));
  Event("succeeded", 4);
  Event("started", 3);
  Event("failed", 5);
  EXPECT_EQ(registry_.webhook_stats().out_of_order, 4);
  const auto again = Join(bob_, "alice");
  EXPECT_THAT(bob_.statuses, ElementsAre("succeeded"));
}

TEST_F(WebhookWaitTest, WithoutWebhooksNothingIsKeptForThem) {
  WatchRegistry without({}, event_loop_, client_, budgets_, random_);
  without.Apply(*MakeCredential("alice"), MakePrediction(kId, "pending"),
                v1::SOURCE_GET);
  EXPECT_EQ(without.webhooks().proven_count(), 0u);
}

TEST_F(WebhookWaitTest, ACoveredPredictionIsPolledRarelyAndItsWaiterKnows) {
  Created();
  const auto wait = Join(alice_);
  EXPECT_THAT(alice_.intervals, ElementsAre(kFirst));
  EXPECT_EQ(NextPoll(), kFirst);
}

TEST_F(WebhookWaitTest, OneWithAnotherWebhookIsPolledAsItsWaiterWants) {
  registry_.Apply(*MakeCredential("alice"), MakePrediction(kId, "pending"),
                  v1::SOURCE_CREATE);
  const auto wait = Join(alice_);
  EXPECT_THAT(alice_.intervals, ElementsAre(absl::Seconds(1)));
  EXPECT_EQ(NextPoll(), absl::Seconds(1));
}

TEST_F(WebhookWaitTest, AnEventCountsAsThePollThatItReplaces) {
  registry_.Apply(*MakeCredential("alice"), MakePrediction(kId, "pending"),
                  v1::SOURCE_CREATE);
  const auto wait = Join(alice_);
  event_loop_.Advance(absl::Milliseconds(900));
  Event("started", 1);
  // Covered from the event on, and not before.
  EXPECT_GE(NextPoll(), kFirst);
}

TEST_F(WebhookWaitTest, PollsThatFindNothingMissedGrowRarer) {
  Created();
  const auto wait = Join(alice_);
  EXPECT_EQ(NextPoll(), kFirst);
  // The gateway's trust grows with events alone.
  for (int i = 0; i < 1000; ++i) {
    const std::string id = absl::StrCat("event ", i);
    Created("alice", id.c_str());
    Event("succeeded", 1, id.c_str());
  }
  Polled("pending", 0);
  EXPECT_EQ(NextPoll(), kFirst * 2);
  Polled("pending", 0);
  EXPECT_EQ(NextPoll(), kFirst * 4);
  Polled("pending", 0);
  EXPECT_EQ(NextPoll(), kFirst * 8);
  Polled("pending", 0);
  EXPECT_EQ(NextPoll(), kFirst * WebhookReliability::kMaxOverFirst);
  EXPECT_EQ(registry_.webhook_stats().confirmed, 4);
}

TEST_F(WebhookWaitTest, AMissedEventBringsBackTheWaitersOwnInterval) {
  Created();
  const auto wait = Join(alice_);
  EXPECT_EQ(NextPoll(), kFirst);
  Polled("started", 1);
  EXPECT_EQ(registry_.webhook_stats().missed, 1);
  EXPECT_EQ(NextPoll(), absl::Seconds(1));
  Polled("started", 1);
  EXPECT_EQ(NextPoll(), absl::Seconds(1));
  EXPECT_EQ(alice_.intervals.back(), absl::Seconds(1));
}

TEST_F(WebhookWaitTest, AMissedEventMakesTheOthersPollsComeSooner) {
  Created("alice", kId);
  event_loop_.Advance(absl::Seconds(10));
  Created("bob", kOtherId);
  const auto a = Join(alice_, "alice", kId);
  const auto b = Join(bob_, "bob", kOtherId);
  NextPoll();
  Polled("started", 1);
  // Ten seconds are left of its 30, and an eighth of the 30 is over already.
  ASSERT_EQ(client_.calls().back().id, kOtherId);
  EXPECT_EQ(client_.pending_count(), 1u);
}

TEST_F(WebhookWaitTest, AStateWhoseEventMayBeOnItsWayIsNoMiss) {
  Created();
  const auto wait = Join(alice_);
  NextPoll();
  v1::Prediction fresh = MakePrediction(kId, "started");
  fresh.mutable_updated_at()->set_seconds(
      absl::ToUnixSeconds(event_loop_.WallNow()) - 1);
  client_.Complete(fresh);
  event_loop_.RunPosted();
  EXPECT_EQ(registry_.webhook_stats().missed, 0);
  EXPECT_EQ(registry_.webhook_stats().confirmed, 0);
  EXPECT_EQ(NextPoll(), kFirst);
}

TEST_F(WebhookWaitTest, ACoveredCrowdDoesNotMakeTheBudgetScarce) {
  BudgetRegistry budgets({3, 15}, event_loop_);
  WatchRegistry registry({{}, Enabled(), PagePolicy::kByCost}, event_loop_,
                         client_, budgets, random_);
  const auto credential = MakeCredential("alice");
  std::vector<std::unique_ptr<Subscription>> waits;
  for (int i = 0; i < 30; ++i) {
    const std::string id = absl::StrCat("covered ", i);
    registry.Apply(*credential, MakePrediction(id, "pending"),
                   v1::SOURCE_CREATE);
    registry.MarkCovered(*credential, id);
    waits.push_back(registry.Subscribe(credential, id, WatchOptions(), bob_));
  }
  waits.push_back(registry.Subscribe(credential, kId, WatchOptions(), alice_));
  event_loop_.RunPosted();
  for (int i = 0; i < 20; ++i) {
    ASSERT_EQ(client_.calls().back().operation, "get");
    ASSERT_EQ(client_.calls().back().id, kId);
    Polled("pending", 0);
    EXPECT_EQ(NextPoll(), absl::Seconds(1));
  }
  // What its waiter is told of the interval is not stretched either.
  EXPECT_EQ(alice_.intervals.back(), absl::Seconds(1));
}

}  // namespace
}  // namespace wriftai
