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

using WatchBadCases = ManyWaitsTest;
using Waiter = ManyWaitsTest::Waiter;

TEST_F(WatchBadCases, TheLastWaiterLeavesDuringAPoll) {
  Waiter& waiter = Join(Begin(1)[0]);
  event_loop_.RunPosted();
  ASSERT_EQ(upstream_.gets(), 1);
  waiter.subscription.reset();
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(upstream_.reads(), 1);
  EXPECT_THAT(waiter.observer.statuses, IsEmpty());
  EXPECT_EQ(registry_.watch_count(), 0u);
  EXPECT_EQ(budgets_.For(token_)->reads.stats().outstanding, 0);
}

TEST_F(WatchBadCases, TheLastWaiterLeavesDuringAPageFetch) {
  JoinAll(Begin(20));
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

TEST_F(WatchBadCases, WhatOnePageShowsWasObservedAtOnceHoweverLongTheTelling) {
  JoinAll(Begin(20));
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

TEST_F(WatchBadCases, WhoComesBackDuringThePageFetchIsToldByIt) {
  const std::vector<std::string> ids = Begin(20);
  JoinAll(ids);
  event_loop_.RunPosted();
  ASSERT_EQ(upstream_.lists(), 1);
  waiters_[7]->subscription.reset();
  event_loop_.RunPosted();
  Rejoin(*waiters_[7], ids[7]);
  event_loop_.Advance(absl::Milliseconds(40));
  EXPECT_EQ(upstream_.reads(), 1);
  EXPECT_THAT(waiters_[7]->observer.statuses, ElementsAre("pending"));
}

TEST_F(WatchBadCases, AWaiterThatJoinsAsTheEndIsToldIsToldItOnce) {
  const std::string id = Begin(1, absl::Milliseconds(1))[0];
  event_loop_.Advance(absl::Seconds(1));
  Waiter& first = Join(id);
  Waiter& second = *waiters_.emplace_back(std::make_unique<Waiter>());
  first.observer.on_notified = [&] { Rejoin(second, id); };
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_THAT(first.observer.statuses, ElementsAre("succeeded"));
  EXPECT_THAT(second.observer.statuses, ElementsAre("succeeded"));
  EXPECT_EQ(upstream_.reads(), 1);
}

TEST_F(WatchBadCases, ADeletedOneOfManyEndsAlone) {
  const std::vector<std::string> ids = Begin(20);
  upstream_.Delete(ids[7]);
  JoinAll(ids);
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

TEST_F(WatchBadCases, OneThatIsDeletedWhileItIsOnPagesIsAskedForAlone) {
  const std::vector<std::string> ids = Begin(20);
  JoinAll(ids);
  event_loop_.Advance(absl::Seconds(10));
  const size_t before = upstream_.GetsOf(ids[7]).size();
  upstream_.Delete(ids[7]);
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(upstream_.GetsOf(ids[7]).size(), before + 1);
  EXPECT_THAT(waiters_[7]->observer.errors,
              ElementsAre(StatusIs(absl::StatusCode::kNotFound)));
}

TEST_F(WatchBadCases, ARefusedTokenEndsFiveThousandWaitsWithOneRequest) {
  const std::vector<std::string> ids = Begin(1000);
  for (int i = 0; i < 5; ++i) JoinAll(ids);
  const absl::Status refused = absl::UnauthenticatedError("401");
  upstream_.set_outage(refused);
  event_loop_.Advance(absl::Seconds(1));
  for (const auto& waiter : waiters_) {
    ASSERT_THAT(waiter->observer.errors, ElementsAre(refused));
    ASSERT_THAT(waiter->observer.statuses, IsEmpty());
  }
  EXPECT_EQ(upstream_.reads(), 1);
  EXPECT_EQ(registry_.waiter_count(), 0u);
}

TEST_F(WatchBadCases, FiveThousandThatComeBackWithARefusedTokenCostNothing) {
  const std::vector<std::string> ids = Begin(1000);
  for (int i = 0; i < 5; ++i) JoinAll(ids);
  const absl::Status refused = absl::UnauthenticatedError("401");
  upstream_.set_outage(refused);
  // Each comes back once, from within the call that tells it.
  for (size_t i = 0; i < waiters_.size(); ++i) {
    Waiter& waiter = *waiters_[i];
    waiter.observer.on_notified = [this, &waiter, id = ids[i % ids.size()]] {
      if (waiter.observer.errors.size() == 1) Rejoin(waiter, id);
    };
  }
  event_loop_.Advance(RejectedTokenCache::kBelievedFor - absl::Milliseconds(1));
  for (const auto& waiter : waiters_) {
    ASSERT_THAT(waiter->observer.errors, SizeIs(2));
    ASSERT_THAT(waiter->observer.errors, Each(refused));
  }
  EXPECT_EQ(upstream_.reads(), 1);
  // Then the token is asked about again, once for all.
  event_loop_.Advance(absl::Seconds(1));
  for (const auto& waiter : waiters_) waiter->observer.on_notified = nullptr;
  JoinAll(ids);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(upstream_.reads(), 2);
}

TEST_F(WatchBadCases, ATokenThatIsGoodAgainIsGood) {
  const std::string id = Begin(1)[0];
  upstream_.set_outage(absl::UnauthenticatedError("401"));
  Join(id);
  event_loop_.Advance(RejectedTokenCache::kBelievedFor + absl::Seconds(1));
  upstream_.set_outage(absl::OkStatus());
  Waiter& again = Join(id);
  event_loop_.Advance(absl::Milliseconds(40));
  EXPECT_THAT(again.observer.statuses, ElementsAre("pending"));
}

TEST_F(WatchBadCases, NothingIsToldOfWhatWasKnownOnceTheTokenIsRefused) {
  const std::string id = Begin(1)[0];
  Join(id);
  event_loop_.Advance(absl::Milliseconds(40));
  ASSERT_THAT(waiters_[0]->observer.statuses, ElementsAre("pending"));
  upstream_.set_outage(absl::UnauthenticatedError("401"));
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(registry_.cache().size(), 0u);
  Waiter& again = Join(id);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_THAT(again.observer.statuses, IsEmpty());
  EXPECT_THAT(again.observer.errors, SizeIs(1));
}

TEST_F(WatchBadCases, AnUpstreamThatIsDownForAMinuteEndsNoWait) {
  const std::vector<std::string> ids = Begin(200);
  JoinAll(ids);
  event_loop_.Advance(absl::Seconds(20));
  const int64_t before = upstream_.reads();
  upstream_.set_outage(absl::UnavailableError("connection refused"));
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(registry_.waiter_count(), 200u);
  // One question at a time, further and further apart.
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

TEST_F(WatchBadCases, PollsThatFailAndEndNoWaitAreHeardOf) {
  std::vector<absl::Status> heard;
  registry_.set_on_poll_failed(
      [&](const Credential& credential, const absl::Status& status) {
        EXPECT_EQ(credential.key(), token_->key());
        heard.push_back(status);
      });
  bool down = false;
  const auto look = [&](const CredentialWatches& watches) {
    down = watches.upstream_is_down();
  };
  JoinAll(Begin(20));
  event_loop_.Advance(absl::Seconds(20));
  registry_.ForEach(look);
  EXPECT_FALSE(down);
  EXPECT_THAT(heard, IsEmpty());

  const absl::Status outage = absl::UnavailableError("connection refused");
  upstream_.set_outage(outage);
  event_loop_.Advance(absl::Seconds(10));
  registry_.ForEach(look);
  EXPECT_TRUE(down);
  EXPECT_THAT(heard, AllOf(Not(IsEmpty()), Each(outage)));

  upstream_.set_outage(absl::OkStatus());
  event_loop_.Advance(kMaxPollDelay);
  registry_.ForEach(look);
  EXPECT_FALSE(down);

  // That ends the waits, which hear of it themselves.
  heard.clear();
  upstream_.set_outage(absl::UnauthenticatedError("401"));
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_EQ(registry_.waiter_count(), 0u);
  EXPECT_THAT(heard, IsEmpty());
}

TEST_F(WatchBadCases, WhileTheUpstreamHangsOneQuestionAtATimeIsAsked) {
  JoinAll(Begin(200));
  event_loop_.Advance(absl::Seconds(20));
  // Each question takes as long as a read may, and then fails.
  upstream_.set_latency(absl::Seconds(30));
  upstream_.set_outage(absl::UnavailableError("timeout"));
  event_loop_.Advance(absl::Minutes(2));
  const int64_t before = upstream_.reads();
  event_loop_.Advance(absl::Minutes(2));
  EXPECT_LE(upstream_.reads() - before, 24);
  EXPECT_GE(upstream_.reads() - before, 1);
  EXPECT_EQ(registry_.waiter_count(), 200u);
}

TEST_F(WatchBadCases, AnEndThatAPageShowsIsFetchedOnce) {
  const std::vector<std::string> ids = Begin(20, absl::Seconds(5));
  JoinAll(ids);
  event_loop_.Advance(absl::Minutes(1));
  // Each once, and a few to confirm what pages said.
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

TEST_F(WatchBadCases, WhoComesAfterTheEndIsToldWithoutARead) {
  const std::string id = Begin(1, absl::Seconds(2))[0];
  Join(id);
  event_loop_.Advance(absl::Seconds(10));
  ASSERT_THAT(waiters_[0]->observer.statuses.back(), "succeeded");
  upstream_.Delete(id);
  const int64_t before = upstream_.reads();
  Waiter& late = Join(id);
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_THAT(late.observer.statuses, ElementsAre("succeeded"));
  EXPECT_EQ(late.observer.snapshots[0]->prediction.output_json(),
            SimulatedUpstream::OutputOf(id));
  EXPECT_EQ(upstream_.reads(), before);
}

}  // namespace
}  // namespace wriftai
