#include "upstream/watch/poll_planner.h"

#include <limits>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/recording_observer.h"

namespace wriftai {
namespace {

constexpr double kRate = 3;
constexpr int64_t kBase = 1'755'000'000;

// Plans polls of numbered targets.
class PollPlannerTest : public ::testing::Test {
 protected:
  // A target without a state.
  PollTarget& AddUnknown(absl::Duration interval = absl::Seconds(1)) {
    return Add(nullptr, interval);
  }

  // A target created in second `created`, and last observed `ago`.
  PollTarget& AddSeen(int64_t created, absl::Duration ago = absl::Seconds(10),
                      absl::Duration interval = absl::Seconds(1)) {
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->prediction = MakePrediction(NextId(), "started");
    snapshot->prediction.mutable_created_at()->set_seconds(kBase + created);
    snapshot->applied_at = event_loop_.Now() - ago;
    return Add(std::move(snapshot), interval);
  }

  PollPlan Next(double rate = kRate) {
    return planner_.Next(polls_, UnreliableGets(), rate,
                         event_loop_.ThisInstant());
  }

  // Plans the next GET and applies its result at once.
  PollTarget* NextGet() {
    const PollPlan plan = Next();
    if (plan.get == nullptr) return nullptr;
    plan.get->requested_at = plan.get->seen_at = event_loop_.Now();
    plan.get->output_pending = false;
    return plan.get;
  }

  // `page` showed predictions down to second `oldest`, `found` of them watched
  // and `ended` of those ended. Without `next`, its cursor is one of its own.
  void ApplyPage(PageMap::Page& page, int64_t oldest, int found,
                 const std::optional<std::string>& next = std::nullopt,
                 int ended = 0) {
    PredictionPage shown;
    shown.predictions.emplace_back().mutable_created_at()->set_seconds(kBase +
                                                                       oldest);
    shown.next_cursor = next.value_or(absl::StrCat("below ", oldest));
    planner_.OnPage(page, event_loop_.Now(), shown, found, ended);
  }

  ManualEventLoop event_loop_;
  ModelRunDurations run_durations_;
  ListTrust list_trust_;
  PollPlanner planner_{PagePolicy::kByCost, list_trust_};
  PollTargets targets_;
  PollQueue polls_{targets_, run_durations_};
  RecordingObserver observer_;
  Random random_{1};

 private:
  uint64_t next_waiter_ = 0;

  std::string NextId() const { return absl::StrCat(1000 + targets_.size()); }

  PollTarget& Add(SnapshotPtr known, absl::Duration interval) {
    const std::string id = NextId();
    auto& target = targets_[id];
    target = std::make_unique<PollTarget>(
        id, std::move(known), event_loop_.Now(), event_loop_, next_waiter_);
    WatchOptions options;
    options.poll_interval = interval;
    target->watch.Subscribe(options, observer_);
    polls_.OnChanged(*target);
    return *target;
  }
};

TEST_F(PollPlannerTest, PlansNothingWithoutTargets) {
  const PollPlan plan = Next();
  EXPECT_EQ(plan.get, nullptr);
  EXPECT_EQ(plan.list, nullptr);
  EXPECT_EQ(plan.when, absl::InfiniteFuture());
}

TEST_F(PollPlannerTest, PollsAgainAfterInterval) {
  PollTarget& target = AddSeen(1, absl::Milliseconds(400));
  EXPECT_EQ(Next().get, nullptr);
  EXPECT_EQ(Next().when, event_loop_.Now() + absl::Milliseconds(600));
  event_loop_.Advance(absl::Milliseconds(600));
  EXPECT_EQ(Next().get, &target);
}

TEST_F(PollPlannerTest, PollsStalestRelativeToIntervalFirst) {
  AddSeen(1, absl::Seconds(3), absl::Seconds(2));
  PollTarget& stalest = AddSeen(2, absl::Seconds(2), absl::Seconds(1));
  AddSeen(3, absl::Seconds(9), absl::Seconds(8));
  EXPECT_EQ(Next().get, &stalest);
}

TEST_F(PollPlannerTest, PollsUnseenTargetFirst) {
  AddSeen(1, absl::Hours(1));
  PollTarget& unknown = AddUnknown();
  EXPECT_EQ(Next().get, &unknown);
}

TEST_F(PollPlannerTest, UsesGetsWhileDemandIsBelowBudget) {
  AddSeen(1);
  AddSeen(2);
  EXPECT_NE(Next().get, nullptr);
}

TEST_F(PollPlannerTest, UsesGetsWithoutRateLimit) {
  for (int i = 0; i < 100; ++i) AddUnknown();
  EXPECT_NE(Next(std::numeric_limits<double>::infinity()).get, nullptr);
}

TEST_F(PollPlannerTest, FetchesPageWhenDemandExceedsBudget) {
  for (int i = 0; i < 10; ++i) AddSeen(i);
  const PollPlan plan = Next();
  ASSERT_NE(plan.list, nullptr);
  EXPECT_EQ(plan.list->cursor, "");
}

TEST_F(PollPlannerTest, PrefersGetToPageWithOneTarget) {
  for (int i = 0; i < 10; ++i) AddSeen(100 + i, absl::Milliseconds(1));
  PollTarget& stalest = AddSeen(1);
  for (int64_t second = 100; second > 1; second -= 10) {
    ApplyPage(planner_.pages().For(absl::FromUnixSeconds(kBase + second)),
              second, 10);
  }
  EXPECT_EQ(Next().get, &stalest);
}

TEST_F(PollPlannerTest, PrefersGetsWhenPagesMostlyShowEnds) {
  for (int i = 0; i < 3; ++i) AddSeen(1);
  PageMap::Page* const page = Next().list;
  ASSERT_NE(page, nullptr);
  for (int i = 0; i < 100; ++i) ApplyPage(*page, 1, 50, "", 50);
  EXPECT_NE(Next().get, nullptr);
}

TEST_F(PollPlannerTest, FetchesOutputsFirstByEarliestEnd) {
  AddSeen(1, absl::Hours(1));
  PollTarget& later = AddSeen(2);
  PollTarget& earlier = AddSeen(3);
  later.output_pending = earlier.output_pending = true;
  later.ended_at = absl::FromUnixSeconds(kBase + 20);
  earlier.ended_at = absl::FromUnixSeconds(kBase + 10);
  EXPECT_EQ(NextGet(), &earlier);
  EXPECT_EQ(NextGet(), &later);
}

TEST_F(PollPlannerTest, InterleavesPollsWithOutputFetches) {
  for (int i = 0; i < 40; ++i) AddSeen(i).output_pending = true;
  AddSeen(100, absl::Hours(1));
  AddSeen(101, absl::Hours(2));
  for (int i = 1; i <= 2 * PollPlanner::kFetchesPerPoll; ++i) {
    const PollPlan plan = Next();
    if (i % PollPlanner::kFetchesPerPoll == 0) {
      EXPECT_TRUE(plan.list != nullptr || !plan.get->output_pending) << i;
    } else {
      ASSERT_NE(plan.get, nullptr) << i;
      EXPECT_TRUE(plan.get->output_pending) << i;
      plan.get->output_pending = false;
      plan.get->requested_at = plan.get->seen_at = event_loop_.Now();
    }
  }
}

TEST_F(PollPlannerTest, SearchesUnknownTargetsFromNewestPageDown) {
  for (int i = 0; i < 60; ++i) AddUnknown();
  PollPlan plan = Next();
  ASSERT_NE(plan.list, nullptr);
  EXPECT_EQ(plan.list->cursor, "");
  ApplyPage(*plan.list, 100, 40, "below");
  plan = Next();
  ASSERT_NE(plan.list, nullptr);
  EXPECT_EQ(plan.list->cursor, "below");
}

TEST_F(PollPlannerTest, GetsTargetsThatWholeListDoesNotShow) {
  for (int i = 0; i < 60; ++i) AddUnknown();
  ApplyPage(*Next().list, 100, 0, "");
  const PollPlan plan = Next();
  EXPECT_EQ(plan.get, targets_.begin()->second.get());
}

TEST_F(PollPlannerTest, EndsSearchThatFindsNothing) {
  for (int i = 0; i < 60; ++i) AddUnknown();
  int pages = 0;
  for (int64_t oldest = 1'000'000; pages < 100; oldest -= 100, ++pages) {
    const PollPlan plan = Next();
    if (plan.list == nullptr) break;
    ApplyPage(*plan.list, oldest, 0);
  }
  EXPECT_LE(pages, 6);
}

TEST_F(PollPlannerTest, SearchesAgainAfterAFewGets) {
  for (int i = 0; i < 60; ++i) AddUnknown();
  int64_t oldest = 1'000'000;
  for (PollPlan plan = Next(); plan.list != nullptr; plan = Next()) {
    ApplyPage(*plan.list, oldest -= 100, 0);
  }
  int gets = 0;
  while (gets < 10 && NextGet() != nullptr) ++gets;
  EXPECT_LT(gets, 10);
}

TEST_F(PollPlannerTest, EndsSearchOfKnownPages) {
  for (int64_t oldest = 1'000'000; oldest > 990'000; oldest -= 100) {
    ApplyPage(planner_.pages().For(absl::FromUnixSeconds(kBase + oldest + 1)),
              oldest, 50);
  }
  event_loop_.Advance(absl::Seconds(1));
  for (int i = 0; i < 60; ++i) AddUnknown();
  int pages = 0;
  for (int64_t oldest = 1'000'000; pages < 100; oldest -= 100, ++pages) {
    const PollPlan plan = Next();
    if (plan.list == nullptr) break;
    ApplyPage(*plan.list, oldest, 0);
  }
  EXPECT_LE(pages, 6);
}

TEST_F(PollPlannerTest, GetsTargetMissingFromPage) {
  for (int i = 0; i < 10; ++i) AddSeen(i, absl::Seconds(2));
  PollTarget& missed = AddSeen(10, absl::Seconds(60));
  missed.missing_from_page = true;
  EXPECT_EQ(Next().get, &missed);
}

// Else it would starve while that page pays for the others.
TEST_F(PollPlannerTest, GetsTargetThatNoPageSpans) {
  for (int i = 0; i < 10; ++i) AddSeen(60 + i);
  PollTarget& stalest = AddSeen(1, absl::Seconds(60));
  const auto page = [&](int64_t second) -> PageMap::Page& {
    return planner_.pages().For(absl::FromUnixSeconds(kBase + second));
  };
  ApplyPage(page(100), 100, 10, "below");
  ApplyPage(page(60), 50, 10, "below");  // Its cursor leads back to itself.
  EXPECT_EQ(Next().get, &stalest);
}

TEST_F(PollPlannerTest, GetsTargetIfAnotherPageIsToShowTheRest) {
  PollTarget& stalest = AddSeen(1, absl::Seconds(60));
  for (int i = 0; i < 10; ++i) {
    AddSeen(10 + i).page_until = event_loop_.Now() + absl::Seconds(3);
  }
  EXPECT_EQ(Next().get, &stalest);
}

TEST_F(PollPlannerTest, RetriesByPageAndByGetInTurn) {
  for (int i = 0; i < 10; ++i) {
    AddSeen(i).failures.OnFailure(
        absl::UnavailableError("503"), absl::Seconds(1), absl::Seconds(8),
        event_loop_.Now(), absl::InfinitePast(), random_);
  }
  event_loop_.Advance(absl::Seconds(8));
  EXPECT_NE(Next().list, nullptr);
  EXPECT_NE(Next().get, nullptr);
  EXPECT_NE(Next().list, nullptr);
}

TEST_F(PollPlannerTest, FetchesNoPagesWhilePagesFail) {
  for (int i = 0; i < 10; ++i) AddSeen(i);
  PageMap::Page* const page = Next().list;
  ASSERT_NE(page, nullptr);
  list_trust_.OnPageFailed(*page, absl::UnavailableError("500"),
                           event_loop_.Now(), absl::InfinitePast(), random_);
  EXPECT_NE(Next().get, nullptr);
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_NE(Next().list, nullptr);
}

TEST_F(PollPlannerTest, DoesNotFetchPageInFlightAgain) {
  for (int i = 0; i < 10; ++i) AddSeen(i);
  PageMap::Page* const page = Next().list;
  ASSERT_NE(page, nullptr);
  page->in_flight = true;
  EXPECT_NE(Next().get, nullptr);
}

}  // namespace
}  // namespace wriftai
