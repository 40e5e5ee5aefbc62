// One fault of the upstream at a time, and what it must not do to the waits
// that have nothing to do with it.

#include <cstddef>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"
#include "tests/upstream/watch/many_waits.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::IsEmpty;
using ::testing::Le;
using ::testing::Not;
using ::testing::SizeIs;

const absl::Status kServerError = absl::UnavailableError("500");

absl::Status Undecodable() {
  return GatewayError(absl::StatusCode::kInternal, kUpstreamResponseInvalid,
                      "no JSON");
}

absl::Status Limited(absl::Duration retry_after) {
  absl::Status status = absl::ResourceExhaustedError("429");
  SetRetryDelay(retry_after, status);
  return status;
}

class WaitFaults : public ManyWaitsTest {
 protected:
  // Updates of `waiter` in the next `duration`.
  size_t UpdatesOf(Waiter& waiter, absl::Duration duration) {
    const size_t before = waiter.observer.statuses.size();
    event_loop_.Advance(duration);
    return waiter.observer.statuses.size() - before;
  }

  // Waits for `healthy`, 3 s later for `count` ids that fail with `failure`;
  // returns the updates of the former in the minute after that.
  size_t UpdatesBeside(int count, const absl::Status& failure) {
    Waiter& healthy = Join(Begin(1)[0]);
    event_loop_.Advance(absl::Seconds(3));
    for (const std::string& id : Begin(count)) {
      upstream_.Fail(id, failure);
      upstream_.HideOnPages(id);
      Join(id);
    }
    return UpdatesOf(healthy, absl::Minutes(1));
  }

  bool Open() const {
    bool open = false;
    registry_.ForEach([&](const CredentialWatches& watches) {
      open = watches.upstream_is_down();
    });
    return open;
  }

  bool Distrusted() const {
    bool distrusted = false;
    registry_.ForEach([&](const CredentialWatches& watches) {
      distrusted = watches.list_is_distrusted();
    });
    return distrusted;
  }
};

TEST_F(WaitFaults, OneIdThatAlwaysFailsCostsOthersNothing) {
  EXPECT_GE(UpdatesBeside(1, kServerError), 55u);
}

TEST_F(WaitFaults, TwoIdsThatAlwaysFailCostOthersNothing) {
  EXPECT_GE(UpdatesBeside(2, kServerError), 55u);
  EXPECT_FALSE(Open());
}

TEST_F(WaitFaults, FiftyIdsThatAlwaysFailLeaveOthersTheirShare) {
  EXPECT_GE(UpdatesBeside(50, kServerError), 40u);
  EXPECT_FALSE(Open());
}

TEST_F(WaitFaults, FiveHundredIdsThatAlwaysFailLeaveOthersTheirShare) {
  EXPECT_GE(UpdatesBeside(500, kServerError), 20u);
  // What is left after each of them has been asked for once.
  event_loop_.Advance(absl::Minutes(4));
  EXPECT_GE(UpdatesOf(*waiters_[0], absl::Minutes(1)), 50u);
}

TEST_F(WaitFaults, IdsThatCannotBeDecodedCostOthersNothing) {
  EXPECT_GE(UpdatesBeside(2, Undecodable()), 55u);
}

TEST_F(WaitFaults, AnIdThatIsAlwaysLimitedLeavesOthersMostOfTheTime) {
  EXPECT_GE(UpdatesBeside(1, Limited(absl::Seconds(1))), 50u);
}

TEST_F(WaitFaults, IdsThatHangLeaveOthersTheirShare) {
  Waiter& healthy = Join(Begin(1)[0]);
  event_loop_.Advance(absl::Seconds(3));
  for (const std::string& id : Begin(100)) {
    upstream_.Hang(id);
    upstream_.HideOnPages(id);
    Join(id);
  }
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_GE(UpdatesOf(healthy, absl::Minutes(1)), 40u);
  EXPECT_FALSE(Open());
}

TEST_F(WaitFaults, PagesThatHangDoNotStopWhatTheyShouldShow) {
  JoinAll(Begin(20));
  event_loop_.Advance(absl::Seconds(10));
  upstream_.set_pages_hang(true);
  event_loop_.Advance(absl::Seconds(5));
  for (int i = 0; i < 6; ++i) {
    EXPECT_GE(UpdatesOf(*waiters_[0], absl::Seconds(20)), 1u);
  }
}

TEST_F(WaitFaults, PagesThatFailCostLittleOfTheBudget) {
  JoinAll(Begin(20));
  event_loop_.Advance(absl::Seconds(10));
  for (const absl::Status& failure :
       {kServerError, Undecodable(), absl::PermissionDeniedError("403"),
        Limited(absl::Seconds(1))}) {
    upstream_.set_page_failure(failure);
    const int64_t lists = upstream_.lists();
    const int64_t gets = upstream_.gets();
    event_loop_.Advance(absl::Minutes(2));
    EXPECT_LE(upstream_.lists() - lists, 15) << failure;
    // A 429 slows the token down, whatever it was about.
    EXPECT_GE(upstream_.gets() - gets,
              absl::IsResourceExhausted(failure) ? 100 : 250)
        << failure;
    EXPECT_FALSE(Open());
    upstream_.set_page_failure(absl::OkStatus());
    event_loop_.Advance(absl::Minutes(11));
  }
}

TEST_F(WaitFaults, WhereAllGetsFailPagesGoOn) {
  const std::vector<std::string> ids = Begin(20);
  for (const std::string& id : ids) upstream_.Fail(id, kServerError);
  JoinAll(ids);
  event_loop_.Advance(absl::Seconds(10));
  for (const auto& waiter : waiters_) {
    EXPECT_GE(UpdatesOf(*waiter, absl::Seconds(10)), 2u);
  }
}

TEST_F(WaitFaults, AHealthyNewcomerAmongFailingOnesAloneIsToldSoon) {
  for (int count : {1, 2, 50}) {
    for (const std::string& id : Begin(count)) {
      upstream_.Fail(id, kServerError);
      upstream_.HideOnPages(id);
      Join(id);
    }
    event_loop_.Advance(absl::Minutes(3));
    Waiter& healthy = Join(Begin(1)[0]);
    EXPECT_GE(UpdatesOf(healthy, absl::Seconds(3)), 1u) << count;
    EXPECT_GE(UpdatesOf(healthy, absl::Seconds(20)), 12u) << count;
    healthy.subscription.reset();
  }
}

TEST_F(WaitFaults, AHealthyOneThatJoinsAmongFailingOnesIsToldSoon) {
  const std::vector<std::string> ids = Begin(40);
  for (size_t i = 0; i < ids.size(); ++i) {
    upstream_.HideOnPages(ids[i]);
    if (i != 37) upstream_.Fail(ids[i], kServerError);
  }
  JoinAll(ids);
  event_loop_.Advance(absl::Seconds(50));
  EXPECT_THAT(waiters_[37]->observer.statuses, SizeIs(Ge(3u)));
}

TEST_F(WaitFaults, AnOutageOfAllIsFoundAndItsEndIsFound) {
  const std::vector<std::string> ids = Begin(10);
  JoinAll(ids);
  for (const std::string& id : ids) upstream_.HideOnPages(id);
  event_loop_.Advance(absl::Seconds(20));
  upstream_.set_outage(kServerError);
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_TRUE(Open());
  // Failing items do not keep it open.
  for (int i = 0; i < 9; ++i) upstream_.Fail(ids[i], kServerError);
  upstream_.set_outage(absl::OkStatus());
  event_loop_.Advance(absl::Minutes(2));
  EXPECT_FALSE(Open());
  EXPECT_GE(UpdatesOf(*waiters_[9], absl::Seconds(30)), 20u);
}

TEST_F(WaitFaults, AnOutageThatHangsIsProbedRarely) {
  const std::vector<std::string> ids = Begin(50);
  JoinAll(ids);
  event_loop_.Advance(absl::Seconds(20));
  for (const std::string& id : ids) upstream_.Hang(id);
  upstream_.set_pages_hang(true);
  event_loop_.Advance(absl::Minutes(3));
  EXPECT_TRUE(Open());
  const int64_t before = upstream_.reads();
  event_loop_.Advance(absl::Minutes(2));
  EXPECT_THAT(upstream_.reads() - before, AllOf(Ge(2), Le(24)));
}

// 60 predictions that end after 10 s, while pages say `started` for ever.
TEST_F(WaitFaults, EndsThatAStaleListHidesAreTold) {
  const std::vector<std::string> ids = Begin(60, absl::Seconds(10));
  JoinAll(ids);
  event_loop_.Advance(absl::Seconds(3));
  for (const std::string& id : ids) upstream_.FreezeOnPages(id);
  event_loop_.Advance(absl::Seconds(47));
  for (const auto& waiter : waiters_) {
    ASSERT_THAT(waiter->observer.statuses, Not(IsEmpty()));
    EXPECT_EQ(waiter->observer.statuses.back(), "succeeded");
  }
}

TEST_F(WaitFaults, EndsThatAStaleListHidesAreToldWithClocksApart) {
  event_loop_.StepWallClock(absl::Hours(1));
  const std::vector<std::string> ids = Begin(60, absl::Seconds(10));
  JoinAll(ids);
  event_loop_.Advance(absl::Seconds(3));
  for (const std::string& id : ids) upstream_.FreezeOnPages(id);
  // Ours is behind from now on: no change is ever "before" a page.
  event_loop_.Advance(absl::Seconds(47));
  for (const auto& waiter : waiters_) {
    EXPECT_EQ(waiter->observer.statuses.back(), "succeeded");
  }
}

TEST_F(WaitFaults, AListThatLagsALittleIsTrusted) {
  upstream_.set_list_lag(absl::Seconds(2));
  for (int i = 0; i < 100; ++i) {
    Join(Begin(1, absl::Seconds(20 + i))[0]);
    event_loop_.Advance(absl::Seconds(1));
    ASSERT_FALSE(Distrusted()) << i;
  }
}

TEST_F(WaitFaults, AListThatLagsMuchIsDistrustedLongerAndLonger) {
  upstream_.set_list_lag(absl::Minutes(2));
  int distrusted = 0;
  for (int second = 0; second < 1200; ++second) {
    if (second < 300) Join(Begin(1, absl::Seconds(20 + second))[0]);
    event_loop_.Advance(absl::Seconds(1));
    if (second > 600 && Distrusted()) ++distrusted;
  }
  EXPECT_GE(distrusted, 100);
}

TEST_F(WaitFaults, OneStaleItemOfAnHonestListIsFoundByItsAge) {
  const std::vector<std::string> ids = Begin(40, absl::Seconds(30));
  const std::vector<std::string> others = Begin(20, absl::Hours(1));
  JoinAll(ids);
  JoinAll(others);
  event_loop_.Advance(absl::Seconds(10));
  upstream_.FreezeOnPages(ids[17]);
  event_loop_.Advance(absl::Seconds(110));
  EXPECT_EQ(waiters_[17]->observer.statuses.back(), "succeeded");
}

TEST_F(WaitFaults, WhatPagesLeaveOutIsAskedForAlone) {
  const std::vector<std::string> ids = Begin(40, absl::Seconds(30));
  for (size_t i = 0; i < ids.size(); i += 2) upstream_.HideOnPages(ids[i]);
  JoinAll(ids);
  event_loop_.Advance(absl::Seconds(75));
  for (const auto& waiter : waiters_) {
    EXPECT_EQ(waiter->observer.statuses.back(), "succeeded");
  }
}

TEST_F(WaitFaults, AnHonestListCostsAFewConfirmations) {
  JoinAll(Begin(45));
  event_loop_.Advance(absl::Minutes(1));
  const int64_t gets = upstream_.gets();
  const int64_t reads = upstream_.reads();
  event_loop_.Advance(absl::Minutes(10));
  EXPECT_LE(upstream_.gets() - gets, 95) << "5 % of the budget of 1,800";
  EXPECT_GE(upstream_.gets() - gets, 60);
  EXPECT_GE(upstream_.reads() - reads, 600);
}

TEST_F(WaitFaults, APermanentErrorEndsItsWaitAlone) {
  for (const absl::Status& failure :
       {Undecodable(), GatewayError(absl::StatusCode::kResourceExhausted,
                                    kPaymentRequired, "402")}) {
    Waiter& healthy = Join(Begin(1)[0]);
    const std::string id = Begin(1)[0];
    upstream_.Fail(id, failure);
    Waiter& wrong = Join(id);
    event_loop_.Advance(absl::Seconds(20));
    EXPECT_THAT(wrong.observer.errors, ElementsAre(failure));
    EXPECT_THAT(upstream_.GetsOf(id), SizeIs(4));
    EXPECT_THAT(healthy.observer.errors, IsEmpty());
    EXPECT_THAT(healthy.observer.statuses, SizeIs(Ge(18u)));
  }
}

TEST_F(WaitFaults, APermanentErrorOfAllEndsAll) {
  const std::vector<std::string> ids = Begin(60);
  for (const std::string& id : ids) upstream_.Fail(id, Undecodable());
  upstream_.set_page_failure(Undecodable());
  JoinAll(ids);
  event_loop_.Advance(absl::Minutes(2));
  for (const auto& waiter : waiters_) {
    EXPECT_THAT(waiter->observer.errors, ElementsAre(Undecodable()));
  }
}

TEST_F(WaitFaults, AServerErrorEndsNoWait) {
  const std::string id = Begin(1)[0];
  upstream_.Fail(id, kServerError);
  Waiter& waiter = Join(id);
  event_loop_.Advance(absl::Hours(1));
  EXPECT_THAT(waiter.observer.errors, IsEmpty());
  upstream_.Fail(id, absl::OkStatus());
  event_loop_.Advance(kMaxPollDelay);
  EXPECT_THAT(waiter.observer.statuses, SizeIs(Ge(1u)));
}

TEST_F(WaitFaults, ASuccessInBetweenForgivesPermanentErrors) {
  const std::string id = Begin(1)[0];
  Waiter& waiter = Join(id);
  for (int round = 0; round < 5; ++round) {
    event_loop_.Advance(absl::Seconds(3));
    upstream_.Fail(id, Undecodable());
    const size_t before = upstream_.GetsOf(id).size();
    while (upstream_.GetsOf(id).size() < before + 3) {
      event_loop_.Advance(absl::Milliseconds(100));
    }
    event_loop_.Advance(absl::Milliseconds(100));
    upstream_.Fail(id, absl::OkStatus());
    event_loop_.Advance(absl::Seconds(10));
  }
  EXPECT_THAT(waiter.observer.errors, IsEmpty());
}

TEST_F(WaitFaults, ANotFoundRightAfterTheOwnCreateIsAskedAgain) {
  const std::string id = Begin(1)[0];
  registry_.Apply(*token_, upstream_.Show(id), v1::SOURCE_CREATE);
  upstream_.Delete(id);
  Waiter& waiter = Join(id);
  event_loop_.Advance(absl::Seconds(4));
  EXPECT_THAT(waiter.observer.errors, IsEmpty());
  EXPECT_THAT(upstream_.GetsOf(id), SizeIs(Ge(3u)));
  upstream_.Undelete(id);
  EXPECT_GE(UpdatesOf(waiter, absl::Seconds(5)), 2u);
  EXPECT_THAT(waiter.observer.errors, IsEmpty());
}

TEST_F(WaitFaults, ANotFoundLongAfterTheOwnCreateEndsTheWait) {
  const std::string id = Begin(1)[0];
  registry_.Apply(*token_, upstream_.Show(id), v1::SOURCE_CREATE);
  upstream_.Delete(id);
  Waiter& waiter = Join(id);
  event_loop_.Advance(RecentCreates::kGrace - absl::Milliseconds(1));
  EXPECT_THAT(waiter.observer.errors, IsEmpty());
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_THAT(waiter.observer.errors,
              ElementsAre(StatusIs(absl::StatusCode::kNotFound)));
}

TEST_F(WaitFaults, ANotFoundOfAnotherTokensCreateEndsTheWait) {
  const std::string id = Begin(1)[0];
  registry_.Apply(*MakeCredential("other"), upstream_.Show(id),
                  v1::SOURCE_CREATE);
  upstream_.Delete(id);
  Waiter& waiter = Join(id);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_THAT(waiter.observer.errors,
              ElementsAre(StatusIs(absl::StatusCode::kNotFound)));
}

TEST_F(WaitFaults, AGoneRightAfterTheOwnCreateEndsTheWait) {
  const std::string id = Begin(1)[0];
  registry_.Apply(*token_, upstream_.Show(id), v1::SOURCE_CREATE);
  absl::Status gone =
      GatewayError(absl::StatusCode::kNotFound, "NOT_FOUND", "410");
  SetMetadata("http_status", "410", gone);
  upstream_.Fail(id, gone);
  Waiter& waiter = Join(id);
  event_loop_.Advance(absl::Seconds(2));
  EXPECT_THAT(waiter.observer.errors, ElementsAre(gone));
}

TEST(RecentCreates, KeepsWhatItsBoundAllowsAndNoLongerThanTheGrace) {
  ManualEventLoop clock;
  RecentCreates creates(clock);
  for (size_t i = 0; i < RecentCreates::kMaxCreates + 10; ++i) {
    creates.Record("many", std::to_string(i));
  }
  creates.Record("few", "1");
  EXPECT_EQ(creates.size(), RecentCreates::kMaxCreates);
  EXPECT_EQ(creates.GraceEnd("few", "1"), clock.Now() + RecentCreates::kGrace);
  EXPECT_EQ(creates.GraceEnd("many", "0"), absl::InfinitePast());
  clock.Advance(RecentCreates::kGrace);
  creates.Record("few", "2");
  EXPECT_EQ(creates.size(), 1u);
}

}  // namespace
}  // namespace wriftai
