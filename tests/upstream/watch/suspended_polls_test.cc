#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/recording_observer.h"
#include "upstream/watch/demand_observer.h"
#include "upstream/watch/watch_registry.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";
constexpr char kOtherId[] = "00000000-0000-0000-0000-000000000001";

class RecordedDemand : public DemandObserver {
 public:
  void OnDemandChanged(const std::string& id,
                       absl::Duration interval) override {
    changes.push_back(
        absl::StrCat(id.substr(0, 2), " ", absl::FormatDuration(interval)));
  }
  std::vector<std::string> changes;
};

// Three reads per second.
class SuspendedPollsTest : public ::testing::Test {
 protected:
  std::unique_ptr<Subscription> Subscribe(
      PredictionObserver& observer, absl::Duration interval = absl::Seconds(2),
      const char* id = kId) {
    WatchOptions options;
    options.poll_interval = interval;
    auto subscription = registry_.Subscribe(credential_, id, options, observer);
    event_loop_.RunPosted();
    return subscription;
  }
  void Suspend() {
    registry_.SuspendPolls(credential_->key(), demand_);
    event_loop_.RunPosted();
  }
  void Resume() {
    registry_.ResumePolls(credential_->key());
    event_loop_.RunPosted();
  }
  // As another process shows it.
  void Apply(const char* status, int updated = 0) {
    registry_.Apply(*credential_, MakePrediction(kId, status, updated),
                    v1::SOURCE_GET);
    event_loop_.RunPosted();
  }
  void CompletePoll(const char* status, int updated = 0) {
    client_.Complete(MakePrediction(kId, status, updated));
    event_loop_.RunPosted();
  }
  // Polls only when an interval asks for it.
  static WatchRegistry::Options Options() {
    WatchRegistry::Options options;
    options.spare_polls = false;
    return options;
  }
  size_t polls() const { return client_.calls().size(); }

  ManualEventLoop event_loop_;
  FakePredictionClient client_;
  Random random_{1};
  BudgetRegistry budgets_{BudgetRegistry::Rates(), event_loop_};
  WatchRegistry registry_{Options(), event_loop_, client_, budgets_, random_};
  const std::shared_ptr<const Credential> credential_ = MakeCredential("token");
  RecordedDemand demand_;
  RecordingObserver first_;
  RecordingObserver second_;
};

TEST_F(SuspendedPollsTest, NothingIsPolledAndWaitersKeepTheirLastState) {
  const auto a = Subscribe(first_);
  CompletePoll("started");
  Suspend();
  const auto b = Subscribe(second_);
  event_loop_.Advance(absl::Hours(1));
  EXPECT_EQ(polls(), 1u);
  EXPECT_THAT(first_.statuses, ElementsAre("started"));
  EXPECT_THAT(second_.statuses, ElementsAre("started"));
  EXPECT_THAT(first_.errors, IsEmpty());
}

TEST_F(SuspendedPollsTest, PollThatWaitsForAPermitIsDropped) {
  const auto a = Subscribe(first_);
  CompletePoll("started");
  const auto budget = budgets_.For(credential_);
  while (auto permit = budget->reads.TryAcquire(Priority::kCall)) {
    permit->OnResponse(RateLimit(), false);
  }
  const auto b = Subscribe(second_, absl::Seconds(2), kOtherId);
  EXPECT_EQ(polls(), 1u);
  Suspend();
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(polls(), 1u);
}

TEST_F(SuspendedPollsTest, PollInFlightIsApplied) {
  const auto a = Subscribe(first_);
  Suspend();
  CompletePoll("started");
  EXPECT_THAT(first_.statuses, ElementsAre("started"));
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(polls(), 1u);
}

TEST_F(SuspendedPollsTest, WaitersGetWhatAnotherProcessShows) {
  const auto a = Subscribe(first_);
  CompletePoll("pending");
  Suspend();
  Apply("started", 1);
  Apply("succeeded", 2);
  EXPECT_THAT(first_.statuses, ElementsAre("pending", "started", "succeeded"));
}

TEST_F(SuspendedPollsTest, DemandIsReportedFirstAndThenEachChange) {
  const auto a = Subscribe(first_, absl::Seconds(4));
  const auto other = Subscribe(second_, absl::Seconds(9), kOtherId);
  Suspend();
  EXPECT_THAT(demand_.changes, UnorderedElementsAre("c1 4s", "00 9s"));
  demand_.changes.clear();
  auto b = Subscribe(second_, absl::Seconds(2));
  const auto c = Subscribe(second_, absl::Seconds(3));
  b.reset();
  Apply("started");
  EXPECT_THAT(demand_.changes, ElementsAre("c1 2s", "c1 3s"));
}

TEST_F(SuspendedPollsTest, DemandEndsWithTheLastWaiter) {
  auto a = Subscribe(first_);
  Suspend();
  a.reset();
  EXPECT_THAT(demand_.changes, ElementsAre("c1 2s", "c1 inf"));
  event_loop_.RunPosted();
  const auto b = Subscribe(second_);
  EXPECT_THAT(demand_.changes, ElementsAre("c1 2s", "c1 inf", "c1 2s"));
}

TEST_F(SuspendedPollsTest, DemandEndsWithThePrediction) {
  const auto a = Subscribe(first_);
  Suspend();
  Apply("succeeded");
  EXPECT_THAT(demand_.changes, ElementsAre("c1 2s", "c1 inf"));
}

TEST_F(SuspendedPollsTest, DemandEndsWithADrain) {
  const auto a = Subscribe(first_);
  Suspend();
  registry_.DrainAll([] { return absl::UnavailableError("draining"); });
  EXPECT_THAT(demand_.changes, ElementsAre("c1 2s", "c1 inf"));
  EXPECT_THAT(first_.errors, SizeIs(1));
}

TEST_F(SuspendedPollsTest, ResumedPollsContinueFromTheLastState) {
  const auto a = Subscribe(first_);
  CompletePoll("pending");
  Suspend();
  event_loop_.Advance(absl::Minutes(1));
  Apply("started", 1);
  event_loop_.Advance(absl::Seconds(1));
  Resume();
  EXPECT_EQ(polls(), 1u) << "not due yet";
  event_loop_.Advance(absl::Seconds(1));
  ASSERT_EQ(polls(), 2u);
  CompletePoll("succeeded", 2);
  EXPECT_THAT(first_.statuses, ElementsAre("pending", "started", "succeeded"));
}

TEST_F(SuspendedPollsTest, PollsThatWereAboutToBePlannedAreResumed) {
  const auto a = registry_.Subscribe(credential_, kId, {}, first_);
  registry_.SuspendPolls(credential_->key(), demand_);
  event_loop_.RunPosted();
  EXPECT_EQ(polls(), 0u);
  Resume();
  EXPECT_EQ(polls(), 1u);
}

TEST_F(SuspendedPollsTest, ResumedPollsFetchAtOnceWhatIsOverdue) {
  const auto a = Subscribe(first_);
  CompletePoll("pending");
  Suspend();
  event_loop_.Advance(absl::Minutes(1));
  Resume();
  EXPECT_EQ(polls(), 2u);
}

TEST_F(SuspendedPollsTest, DemandIsNotReportedAfterResuming) {
  const auto a = Subscribe(first_);
  Suspend();
  Resume();
  demand_.changes.clear();
  const auto b = Subscribe(second_, absl::Seconds(1));
  EXPECT_THAT(demand_.changes, IsEmpty());
  Suspend();
  EXPECT_THAT(demand_.changes, ElementsAre("c1 1s"));
}

TEST_F(SuspendedPollsTest, NewCredentialStartsAsItsObserverSays) {
  registry_.set_find_demand_observer(
      [this](const std::shared_ptr<const Credential>& credential)
          -> DemandObserver* {
        return credential->key() == credential_->key() ? &demand_ : nullptr;
      });
  const auto a = Subscribe(first_);
  EXPECT_EQ(polls(), 0u);
  EXPECT_THAT(demand_.changes, ElementsAre("c1 2s"));
  const auto bob =
      registry_.Subscribe(MakeCredential("bob"), kId, WatchOptions(), second_);
  event_loop_.RunPosted();
  EXPECT_EQ(polls(), 1u);
}

}  // namespace
}  // namespace wriftai
