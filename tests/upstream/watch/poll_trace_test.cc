// The trace answers why a prediction was polled, or was not.
#include "upstream/watch/poll_trace.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/upstream/watch/many_waits.h"
#include "tests/upstream/watch/one_watch.h"
#include "upstream/error_details.h"
#include "upstream/watch/poll_loop.h"
#include "upstream/watch/poll_planner.h"

namespace wriftai {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

// Records each call as a line.
class RecordingTrace : public PollTrace {
 public:
  void OnPlanned(const Credential& /*credential*/, absl::string_view id,
                 PollReason reason, absl::Duration due_in) override {
    Add(id, "planned ", static_cast<int>(reason), " in ",
        absl::FormatDuration(due_in));
  }
  void OnBudgetWait(const Credential& /*credential*/,
                    const BudgetStats& /*budget*/,
                    absl::Duration expected_in) override {
    lines_.push_back(
        absl::StrCat("budget in ", absl::FormatDuration(expected_in)));
  }
  void OnSent(const Credential& /*credential*/, absl::string_view id,
              PollKind /*kind*/, absl::Duration late) override {
    Add(id, "sent late ", absl::FormatDuration(late));
  }
  void OnResult(const Credential& /*credential*/, absl::string_view id,
                PollKind /*kind*/, const absl::Status& status) override {
    Add(id, "ended ", absl::StatusCodeToString(status.code()));
  }
  void OnNotified(const Credential& /*credential*/, absl::string_view id,
                  const Snapshot& snapshot, int64_t waiters) override {
    Add(id, "notified ", waiters, " of ", snapshot.prediction.status_text());
  }

  // Returns and clears the lines so far.
  std::vector<std::string> Take() { return std::exchange(lines_, {}); }

  int64_t other_ids = 0;

 private:
  template <typename... Parts>
  void Add(absl::string_view id, const Parts&... parts) {
    if (id != OneWatch::kId) ++other_ids;
    lines_.push_back(absl::StrCat(parts...));
  }

  std::vector<std::string> lines_;
};

std::string Planned(PollReason reason, absl::string_view in) {
  return absl::StrCat("planned ", static_cast<int>(reason), " in ", in);
}

class PollTraceTest : public OneWatchTest {
 protected:
  PollTraceTest() { watch_.set_poll_trace(&trace_); }
  ~PollTraceTest() override { EXPECT_EQ(trace_.other_ids, 0); }

  RecordingTrace trace_;
};

TEST_F(PollTraceTest, ReportsPlanRequestResultAndNotification) {
  watch_.Subscribe(Every(absl::Seconds(10)), first_);
  watch_.Subscribe(Every(absl::Seconds(10)), second_);
  RunPending();
  EXPECT_THAT(trace_.Take(),
              ElementsAre(Planned(PollReason::kFirst, "0"), "sent late 0"));
  CompletePoll("started");
  EXPECT_THAT(trace_.Take(),
              ElementsAre("ended OK", "notified 2 of started",
                          Planned(PollReason::kInterval, "10s")));
}

TEST_F(PollTraceTest, ReportsShorterIntervalOfNewWaiterOnce) {
  watch_.Subscribe(Every(absl::Seconds(10)), first_);
  RunPending();
  CompletePoll("started");
  trace_.Take();
  event_loop_.Advance(absl::Seconds(2));
  watch_.Subscribe(Every(absl::Seconds(5)), second_);
  RunPending();
  EXPECT_THAT(trace_.Take(), ElementsAre("notified 1 of started",
                                         Planned(PollReason::kInterval, "3s")));
}

TEST_F(PollTraceTest, ReportsBackoffAfterFailure) {
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  trace_.Take();
  FailPoll(GatewayError(absl::StatusCode::kInternal,
                        v1::UPSTREAM_RESPONSE_INVALID, "not JSON"));
  EXPECT_THAT(
      trace_.Take(),
      ElementsAre("ended INTERNAL",
                  StartsWith(absl::StrCat(
                      "planned ", static_cast<int>(PollReason::kBackoff)))));
}

TEST_F(PollTraceTest, ReportsOutputAfterPageShowedEnd) {
  watch_.Subscribe(Every(absl::Seconds(10)), first_);
  RunPending();
  CompletePoll("started");
  event_loop_.Advance(absl::Seconds(2));
  trace_.Take();
  watch_.Apply(MakePrediction(OneWatch::kId, "succeeded", 1), v1::SOURCE_LIST);
  RunPending();
  EXPECT_THAT(trace_.Take(),
              ElementsAre(Planned(PollReason::kOutput, "0"), "sent late 0"));
}

TEST_F(PollTraceTest, ReportsNothingWithoutWaiters) {
  const uint64_t waiter = watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  trace_.Take();
  watch_.Unsubscribe(waiter);
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_THAT(trace_.Take(), IsEmpty());
}

TEST_F(PollTraceTest, ReportsNothingWithoutTrace) {
  watch_.set_poll_trace(nullptr);
  watch_.Subscribe(Every(absl::Seconds(1)), first_);
  RunPending();
  CompletePoll("started");
  EXPECT_THAT(trace_.Take(), IsEmpty());
}

TEST_F(PollTraceTest, StartsAndStopsWhileWatched) {
  watch_.set_poll_trace(nullptr);
  watch_.Subscribe(Every(absl::Seconds(10)), first_);
  RunPending();
  watch_.set_poll_trace(&trace_);
  CompletePoll("started");
  EXPECT_THAT(trace_.Take(),
              ElementsAre("ended OK", "notified 1 of started",
                          Planned(PollReason::kInterval, "10s")));
  watch_.set_poll_trace(nullptr);
  event_loop_.Advance(absl::Seconds(10));
  CompletePoll("started");
  EXPECT_THAT(trace_.Take(), IsEmpty());
}

// One permit every ten seconds.
TEST(PollTraceBudgetTest, ReportsPredictionThatWaitsForBudget) {
  constexpr char kOther[] = "00000000-0000-4000-8000-000000000001";
  ManualEventLoop event_loop;
  FakePredictionClient client;
  Random random(1);
  BudgetRegistry budgets({0.1, 0.1}, event_loop);
  WatchRegistry registry(WatchRegistry::Options(), event_loop, client, budgets,
                         random);
  RecordingTrace trace;
  registry.set_poll_trace(&trace);
  const auto credential = MakeCredential("token");
  RecordingObserver observer;
  const auto first =
      registry.Subscribe(credential, OneWatch::kId, WatchOptions(), observer);
  event_loop.RunPosted();
  trace.Take();
  const auto second =
      registry.Subscribe(credential, kOther, WatchOptions(), observer);
  event_loop.RunPosted();
  const std::vector<std::string> waiting = trace.Take();
  ASSERT_EQ(waiting.size(), 2u);
  EXPECT_EQ(waiting[0], Planned(PollReason::kFirst, "0"));
  EXPECT_THAT(waiting[1], StartsWith("budget in "));
  event_loop.Advance(absl::Seconds(30));
  EXPECT_THAT(trace.Take(), ElementsAre(StartsWith("sent late ")));
}

TEST(PollTraceBreakerTest, ReportsOpenCircuitBreaker) {
  ManualEventLoop event_loop;
  FakePredictionClient client;
  Random random(1);
  BudgetRegistry budgets(BudgetRegistry::kUnlimited, event_loop);
  WatchRegistry registry(WatchRegistry::Options(), event_loop, client, budgets,
                         random);
  RecordingTrace trace;
  registry.set_poll_trace(&trace);
  const auto credential = MakeCredential("token");
  RecordingObserver observer;
  std::vector<std::unique_ptr<Subscription>> waits;
  for (int i = 0; i < 3; ++i) {
    waits.push_back(registry.Subscribe(
        credential, absl::StrCat("00000000-0000-4000-8000-00000000000", i),
        WatchOptions(), observer));
    event_loop.RunPosted();
  }
  const absl::Status down = absl::UnavailableError("500");
  trace.Take();
  for (size_t i = 0; i < 3; ++i) client.Complete(i, down);
  event_loop.RunPosted();
  const std::vector<std::string> lines = trace.Take();
  EXPECT_THAT(lines,
              Contains(StartsWith(absl::StrCat(
                  "planned ", static_cast<int>(PollReason::kCircuitBreaker)))))
      << absl::StrJoin(lines, "\n");
}

// Waits for many predictions of one token, without a rate limit.
class PollTraceLimitTest : public ::testing::Test {
 protected:
  PollTraceLimitTest() { registry_.set_poll_trace(&trace_); }

  void Subscribe(size_t count) {
    for (size_t i = 0; i < count; ++i) {
      waits_.push_back(registry_.Subscribe(
          credential_, absl::StrFormat("00000000-0000-4000-8000-%012d", i),
          WatchOptions(), observer_));
    }
    event_loop_.RunPosted();
  }

  // Completes the GETs that were sent so far, and those that follow at once.
  void CompleteGets() {
    for (; completed_ < client_.calls().size(); ++completed_) {
      client_.Complete(
          completed_,
          MakePrediction(client_.calls()[completed_].id, "started"));
      event_loop_.RunPosted();
    }
  }

  ManualEventLoop event_loop_;
  FakePredictionClient client_;
  Random random_{1};
  BudgetRegistry budgets_{BudgetRegistry::kUnlimited, event_loop_};
  WatchRegistry registry_{WatchRegistry::Options(), event_loop_, client_,
                          budgets_, random_};
  RecordingTrace trace_;
  const std::shared_ptr<const Credential> credential_ = MakeCredential("token");
  RecordingObserver observer_;
  std::vector<std::unique_ptr<Subscription>> waits_;
  size_t completed_ = 0;
};

TEST_F(PollTraceLimitTest, ReportsPredictionBehindHangingGets) {
  Subscribe(PollPlanner::kMaxUntriedGets + 1);
  EXPECT_EQ(client_.pending_count(), PollPlanner::kMaxUntriedGets);
  EXPECT_THAT(trace_.Take(),
              Contains(Planned(PollReason::kHangingGets, "inf")).Times(1));
}

TEST_F(PollTraceLimitTest, ReportsPredictionBehindMaxPollsInFlight) {
  Subscribe(PollLoop::kMaxInFlight + 1);
  CompleteGets();
  trace_.Take();
  event_loop_.Advance(absl::Seconds(1));
  EXPECT_EQ(client_.pending_count(), PollLoop::kMaxInFlight);
  EXPECT_THAT(trace_.Take(),
              Contains(Planned(PollReason::kMaxInFlight, "inf")).Times(1));
}

// More predictions than the rate limit has GETs for.
class PollTracePageTest : public ManyWaitsTest {};

TEST_F(PollTracePageTest, ReportsPredictionsThatPageInFlightShouldShow) {
  RecordingTrace trace;
  registry_.set_poll_trace(&trace);
  SubscribeAll(AddPredictions(30));
  event_loop_.Advance(absl::Seconds(20));
  EXPECT_GT(upstream_.lists(), 0);
  EXPECT_THAT(
      trace.Take(),
      Contains(StartsWith(absl::StrCat(
          "planned ", static_cast<int>(PollReason::kPageInFlight), " in "))));
}

}  // namespace
}  // namespace wriftai
