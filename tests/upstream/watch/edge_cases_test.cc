#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/upstream/watch/many_waits.h"

namespace wriftai {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using WatchEdgeCasesTest = ManyWaitsTest;
using Waiter = ManyWaitsTest::Waiter;

TEST_F(WatchEdgeCasesTest, CancelsPollWhenLastWaiterLeaves) {
  Waiter& waiter = Subscribe(AddPredictions(1)[0]);
  event_loop_.RunPosted();
  ASSERT_EQ(upstream_.gets(), 1);
  waiter.subscription.reset();
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(upstream_.reads(), 1);
  EXPECT_THAT(waiter.observer.statuses, IsEmpty());
  EXPECT_EQ(registry_.watch_count(), 0u);
  EXPECT_EQ(budgets_.For(token_)->reads.stats().outstanding, 0);
}

TEST_F(WatchEdgeCasesTest, ErasesWatchesWhenAllWaitersLeaveDuringPageFetch) {
  SubscribeAll(AddPredictions(20));
  event_loop_.RunPosted();
  ASSERT_EQ(upstream_.lists(), 1);
  for (const auto& waiter : waiters_) waiter->subscription.reset();
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(upstream_.reads(), 1);
  EXPECT_EQ(registry_.watch_count(), 0u);
  for (const auto& waiter : waiters_) {
    EXPECT_THAT(waiter->observer.statuses, IsEmpty());
  }
}

TEST_F(WatchEdgeCasesTest, StampsAllItemsOfAPageWithOneTime) {
  SubscribeAll(AddPredictions(20));
  for (const auto& waiter : waiters_) {
    waiter->observer.on_notified = [this] {
      event_loop_.StepWallClock(absl::Milliseconds(1));
    };
  }
  event_loop_.Advance(SimulatedUpstream::Options().latency);
  ASSERT_EQ(upstream_.reads(), 1);
  for (const auto& waiter : waiters_) {
    ASSERT_THAT(waiter->observer.snapshots, SizeIs(1));
    EXPECT_EQ(waiter->observer.snapshots[0]->observed_at,
              waiters_[0]->observer.snapshots[0]->observed_at);
  }
}

TEST_F(WatchEdgeCasesTest, NotifiesWaiterThatReturnsDuringPageFetch) {
  const std::vector<std::string> ids = AddPredictions(20);
  SubscribeAll(ids);
  event_loop_.RunPosted();
  ASSERT_EQ(upstream_.lists(), 1);
  waiters_[7]->subscription.reset();
  event_loop_.RunPosted();
  Resubscribe(*waiters_[7], ids[7]);
  event_loop_.Advance(absl::Milliseconds(40));
  EXPECT_EQ(upstream_.reads(), 1);
  EXPECT_THAT(waiters_[7]->observer.statuses, ElementsAre("pending"));
}

TEST_F(WatchEdgeCasesTest, NotifiesWaiterSubscribedDuringEndNotificationOnce) {
  const std::string id = AddPredictions(1, absl::Milliseconds(1))[0];
  event_loop_.Advance(absl::Seconds(1));
  Waiter& first = Subscribe(id);
  Waiter& second = *waiters_.emplace_back(std::make_unique<Waiter>());
  first.observer.on_notified = [&] { Resubscribe(second, id); };
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_THAT(first.observer.statuses, ElementsAre("succeeded"));
  EXPECT_THAT(second.observer.statuses, ElementsAre("succeeded"));
  EXPECT_EQ(upstream_.reads(), 1);
}

TEST_F(WatchEdgeCasesTest, DeletedPredictionEndsOnlyItsOwnWait) {
  const std::vector<std::string> ids = AddPredictions(20);
  upstream_.Delete(ids[7]);
  SubscribeAll(ids);
  event_loop_.Advance(absl::Minutes(1));
  for (size_t i = 0; i < ids.size(); ++i) {
    const RecordingObserver& observer = waiters_[i]->observer;
    if (i == 7) {
      EXPECT_THAT(observer.errors,
                  ElementsAre(StatusIs(absl::StatusCode::kNotFound)));
    } else {
      EXPECT_THAT(observer.errors, IsEmpty());
      EXPECT_THAT(observer.statuses, Not(IsEmpty()));
    }
  }
  EXPECT_THAT(upstream_.GetsOf(ids[7]), SizeIs(1));
}

TEST_F(WatchEdgeCasesTest, GetsPredictionThatDisappearsFromPages) {
  const std::vector<std::string> ids = AddPredictions(20);
  SubscribeAll(ids);
  event_loop_.Advance(absl::Seconds(10));
  const size_t before = upstream_.GetsOf(ids[7]).size();
  upstream_.Delete(ids[7]);
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(upstream_.GetsOf(ids[7]).size(), before + 1);
  EXPECT_THAT(waiters_[7]->observer.errors,
              ElementsAre(StatusIs(absl::StatusCode::kNotFound)));
}

TEST_F(WatchEdgeCasesTest, RejectedTokenEndsAllWaitsWithOneRequest) {
  const std::vector<std::string> ids = AddPredictions(1000);
  for (int i = 0; i < 5; ++i) SubscribeAll(ids);
  const absl::Status rejected = absl::UnauthenticatedError("401");
  upstream_.set_outage(rejected);
  event_loop_.Advance(absl::Seconds(1));
  for (const auto& waiter : waiters_) {
    ASSERT_THAT(waiter->observer.errors, ElementsAre(rejected));
    ASSERT_THAT(waiter->observer.statuses, IsEmpty());
  }
  EXPECT_EQ(upstream_.reads(), 1);
  EXPECT_EQ(registry_.waiter_count(), 0u);
}

TEST_F(WatchEdgeCasesTest, RejectedTokenFailsReturningWaitersWithoutRequests) {
  const std::vector<std::string> ids = AddPredictions(1000);
  for (int i = 0; i < 5; ++i) SubscribeAll(ids);
  const absl::Status rejected = absl::UnauthenticatedError("401");
  upstream_.set_outage(rejected);
  // Each subscribes again once, inside OnError().
  for (size_t i = 0; i < waiters_.size(); ++i) {
    Waiter& waiter = *waiters_[i];
    waiter.observer.on_notified = [this, &waiter, id = ids[i % ids.size()]] {
      if (waiter.observer.errors.size() == 1) Resubscribe(waiter, id);
    };
  }
  event_loop_.Advance(RejectedTokenCache::kTtl - absl::Milliseconds(1));
  for (const auto& waiter : waiters_) {
    ASSERT_THAT(waiter->observer.errors, SizeIs(2));
    ASSERT_THAT(waiter->observer.errors, Each(rejected));
  }
  EXPECT_EQ(upstream_.reads(), 1);
  // Then one request checks the token again.
  event_loop_.Advance(absl::Seconds(1));
  for (const auto& waiter : waiters_) waiter->observer.on_notified = nullptr;
  SubscribeAll(ids);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(upstream_.reads(), 2);
}

TEST_F(WatchEdgeCasesTest, AcceptsTokenAgainAfterRejectionExpires) {
  const std::string id = AddPredictions(1)[0];
  upstream_.set_outage(absl::UnauthenticatedError("401"));
  Subscribe(id);
  event_loop_.Advance(RejectedTokenCache::kTtl + absl::Seconds(1));
  upstream_.set_outage(absl::OkStatus());
  Waiter& again = Subscribe(id);
  event_loop_.Advance(absl::Milliseconds(40));
  EXPECT_THAT(again.observer.statuses, ElementsAre("pending"));
}

TEST_F(WatchEdgeCasesTest, RejectedTokenEvictsCachedStates) {
  const std::string id = AddPredictions(1)[0];
  Subscribe(id);
  event_loop_.Advance(absl::Milliseconds(40));
  ASSERT_THAT(waiters_[0]->observer.statuses, ElementsAre("pending"));
  upstream_.set_outage(absl::UnauthenticatedError("401"));
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(registry_.cache().size(), 0u);
  Waiter& again = Subscribe(id);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_THAT(again.observer.statuses, IsEmpty());
  EXPECT_THAT(again.observer.errors, SizeIs(1));
}

TEST_F(WatchEdgeCasesTest, KeepsWaitsDuringOneMinuteOutage) {
  const std::vector<std::string> ids = AddPredictions(200);
  SubscribeAll(ids);
  event_loop_.Advance(absl::Seconds(20));
  const int64_t before = upstream_.reads();
  upstream_.set_outage(absl::UnavailableError("connection refused"));
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(registry_.waiter_count(), 200u);
  // One probe at a time, with increasing backoff.
  EXPECT_LE(upstream_.reads() - before, 14);
  EXPECT_GE(upstream_.reads() - before, 4);

  upstream_.set_outage(absl::OkStatus());
  event_loop_.Advance(kMaxPollDelay);
  for (const auto& waiter : waiters_) waiter->observer.statuses.clear();
  for (int second = 0; second < 10; ++second) {
    const int64_t reads = upstream_.reads();
    event_loop_.Advance(absl::Seconds(1));
    EXPECT_LE(upstream_.reads() - reads, 4) << "a burst";
  }
  EXPECT_EQ(upstream_.limited(), 0);
  for (const auto& waiter : waiters_) {
    EXPECT_THAT(waiter->observer.errors, IsEmpty());
    EXPECT_THAT(waiter->observer.statuses, Not(IsEmpty()));
  }
}

TEST_F(WatchEdgeCasesTest, ReportsPollFailuresThatEndNoWait) {
  std::vector<absl::Status> failures;
  registry_.set_on_poll_failed(
      [&](const Credential& credential, const absl::Status& status) {
        EXPECT_EQ(credential.key(), token_->key());
        failures.push_back(status);
      });
  bool down = false;
  const auto check_breaker = [&](const CredentialWatches& watches) {
    down = watches.polls().upstream_is_down();
  };
  SubscribeAll(AddPredictions(20));
  event_loop_.Advance(absl::Seconds(20));
  registry_.ForEach(check_breaker);
  EXPECT_FALSE(down);
  EXPECT_THAT(failures, IsEmpty());

  const absl::Status outage = absl::UnavailableError("connection refused");
  upstream_.set_outage(outage);
  event_loop_.Advance(absl::Seconds(10));
  registry_.ForEach(check_breaker);
  EXPECT_TRUE(down);
  EXPECT_THAT(failures, AllOf(Not(IsEmpty()), Each(outage)));

  upstream_.set_outage(absl::OkStatus());
  event_loop_.Advance(kMaxPollDelay);
  registry_.ForEach(check_breaker);
  EXPECT_FALSE(down);

  // A rejected token ends the waits, so it is not reported here.
  failures.clear();
  upstream_.set_outage(absl::UnauthenticatedError("401"));
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(registry_.waiter_count(), 0u);
  EXPECT_THAT(failures, IsEmpty());
}

TEST_F(WatchEdgeCasesTest, ProbesOneAtATimeWhileUpstreamHangs) {
  SubscribeAll(AddPredictions(200));
  event_loop_.Advance(absl::Seconds(20));
  // Each read takes as long as its timeout, and then fails.
  upstream_.set_latency(absl::Seconds(30));
  upstream_.set_outage(absl::UnavailableError("timeout"));
  event_loop_.Advance(absl::Minutes(2));
  const int64_t before = upstream_.reads();
  event_loop_.Advance(absl::Minutes(2));
  EXPECT_LE(upstream_.reads() - before, 24);
  EXPECT_GE(upstream_.reads() - before, 1);
  EXPECT_EQ(registry_.waiter_count(), 200u);
}

TEST_F(WatchEdgeCasesTest, FetchesOutputOnceAfterPageShowsEnd) {
  const std::vector<std::string> ids = AddPredictions(20, absl::Seconds(5));
  SubscribeAll(ids);
  event_loop_.Advance(absl::Minutes(1));
  // One for each output, and a few to confirm pages.
  EXPECT_GE(upstream_.gets(), 20);
  EXPECT_LE(upstream_.gets(), 24);
  EXPECT_GT(upstream_.lists(), 0);
  for (size_t i = 0; i < ids.size(); ++i) {
    const SnapshotPtr last = waiters_[i]->observer.snapshots.back();
    EXPECT_EQ(last->prediction.output_json(),
              SimulatedUpstream::OutputOf(ids[i]));
    EXPECT_EQ(last->source, v1::SOURCE_GET);
  }
}

TEST_F(WatchEdgeCasesTest, ServesEndedPredictionFromCacheWithoutRead) {
  const std::string id = AddPredictions(1, absl::Seconds(2))[0];
  Subscribe(id);
  event_loop_.Advance(absl::Seconds(10));
  ASSERT_THAT(waiters_[0]->observer.statuses.back(), "succeeded");
  upstream_.Delete(id);
  const int64_t before = upstream_.reads();
  Waiter& late = Subscribe(id);
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_THAT(late.observer.statuses, ElementsAre("succeeded"));
  EXPECT_EQ(late.observer.snapshots[0]->prediction.output_json(),
            SimulatedUpstream::OutputOf(id));
  EXPECT_EQ(upstream_.reads(), before);
}

}  // namespace
}  // namespace wriftai
