// Polls of several predictions while the upstream is down, request by request.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_prediction_client.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/recording_observer.h"
#include "upstream/budget/rate_limit.h"
#include "upstream/error_details.h"
#include "upstream/watch/poll_planner.h"
#include "upstream/watch/watch_registry.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr char kPage[] = "page";

// A server error after which a prediction's own backoff outlasts many probes.
absl::Status Down() {
  absl::Status down = absl::UnavailableError("503");
  SetRetryDelay(kMaxReset, down);
  return down;
}

// Without a rate limit.
class PollOutageTest : public ::testing::Test {
 protected:
  explicit PollOutageTest(
      BudgetRegistry::Rates rates = BudgetRegistry::kUnlimited)
      : budgets_(rates, event_loop_) {}

  void Subscribe(const std::string& id,
                 absl::Duration interval = absl::Seconds(1)) {
    WatchOptions options;
    options.poll_interval = interval;
    waits_.push_back(registry_.Subscribe(token_, id, options, observer_));
    event_loop_.RunPosted();
  }

  // The ids of the GETs in flight, and kPage for each page.
  std::vector<std::string> InFlight() const {
    std::vector<std::string> ids;
    for (size_t i = 0; i < client_.calls().size(); ++i) {
      if (client_.pending(i)) ids.push_back(NameOf(i));
    }
    return ids;
  }

  // Fails what is in flight.
  void FailAll(const absl::Status& status) {
    for (size_t i = 0; i < client_.calls().size(); ++i) {
      if (!client_.pending(i)) continue;
      if (NameOf(i) == kPage) {
        client_.CompleteList(i, status);
      } else {
        client_.Complete(i, status);
      }
    }
    event_loop_.RunPosted();
  }

  // Both predictions are healthy, then both GETs fail.
  void BeginOutage() {
    for (const char* id : {"1", "2"}) {
      Subscribe(id);
      client_.Complete(MakePrediction(id, "started"));
    }
    NextRequest();
    ASSERT_THAT(InFlight(), SizeIs(2));
    FailAll(down_);
  }

  // Advances until something is in flight.
  void NextRequest() {
    event_loop_.RunPosted();
    while (InFlight().empty() && event_loop_.AdvanceToNextTimer()) {
      event_loop_.RunPosted();
    }
  }

  // A minute or more of failing probes, up to one that is a GET. Returns its
  // id.
  std::string NextGetProbe() {
    for (int i = 0; i < 12; ++i) {
      NextRequest();
      FailAll(down_);
    }
    NextRequest();
    while (InFlight()[0] == kPage) {
      FailAll(down_);
      NextRequest();
    }
    return InFlight()[0];
  }

  static std::string OtherThan(const std::string& id) {
    return id == "1" ? "2" : "1";
  }

  const absl::Status down_ = Down();
  const absl::Status corrupt_ = GatewayError(
      absl::StatusCode::kInternal, v1::UPSTREAM_RESPONSE_INVALID, "not JSON");
  ManualEventLoop event_loop_;
  FakePredictionClient client_;
  Random random_{1};
  BudgetRegistry budgets_;
  WatchRegistry registry_{WatchRegistry::Options(), event_loop_, client_,
                          budgets_, random_};
  const std::shared_ptr<const Credential> token_ = MakeCredential("token");
  RecordingObserver observer_;
  std::vector<std::unique_ptr<Subscription>> waits_;

 private:
  std::string NameOf(size_t call) const {
    const auto& recorded = client_.calls()[call];
    return recorded.operation == "list" ? kPage : recorded.id;
  }
};

// Else one prediction that fails by itself would hide the end of the outage.
TEST_F(PollOutageTest, ProbesThePredictionsInTurn) {
  BeginOutage();
  std::vector<std::string> gets;
  while (gets.size() < 8) {
    NextRequest();
    ASSERT_THAT(InFlight(), SizeIs(1));
    if (InFlight()[0] != kPage) gets.push_back(InFlight()[0]);
    FailAll(down_);
  }
  for (size_t i = 3; i < gets.size(); ++i) EXPECT_NE(gets[i], gets[i - 1]) << i;
}

TEST_F(PollOutageTest, ProbesOneAtATimeAndEveryThirdByPage) {
  BeginOutage();
  std::vector<std::string> pages;
  for (int i = 0; i < 6; ++i) {
    NextRequest();
    ASSERT_THAT(InFlight(), SizeIs(1));
    pages.push_back(InFlight()[0] == kPage ? kPage : "get");
    FailAll(down_);
  }
  EXPECT_THAT(pages, ElementsAre("get", "get", kPage, "get", "get", kPage));
}

TEST_F(PollOutageTest, ProbeThatSucceedsPollsTheOthersAtOnce) {
  BeginOutage();
  const std::string id = NextGetProbe();
  client_.Complete(MakePrediction(id, "started"));
  event_loop_.RunPosted();
  EXPECT_THAT(InFlight(), ElementsAre(OtherThan(id)));
}

// Its backoff was planned before the outage was detected.
TEST_F(PollOutageTest, ProbeThatSucceedsPollsTheFirstThatFailedAtOnce) {
  for (const char* id : {"1", "2"}) {
    Subscribe(id, absl::Seconds(10));
    client_.Complete(MakePrediction(id, "started"));
    event_loop_.Advance(absl::Milliseconds(1));
  }
  while (InFlight().size() < 2) ASSERT_TRUE(event_loop_.AdvanceToNextTimer());
  event_loop_.Advance(absl::Milliseconds(1));
  client_.Complete(client_.calls().size() - 2, down_);
  event_loop_.RunPosted();
  ASSERT_THAT(InFlight(), ElementsAre("2"));
  FailAll(down_);
  NextRequest();
  ASSERT_THAT(InFlight(), ElementsAre("2")) << "the probe";
  // By now, the interval of the other has passed.
  event_loop_.Advance(absl::Seconds(5));
  client_.Complete(MakePrediction("2", "started"));
  event_loop_.RunPosted();
  EXPECT_THAT(InFlight(), ElementsAre("1"));
}

TEST_F(PollOutageTest, ProbeThatIsRejectedPollsTheOthersAtOnce) {
  BeginOutage();
  const std::string id = NextGetProbe();
  FailAll(absl::NotFoundError("404"));
  EXPECT_THAT(InFlight(), ElementsAre(OtherThan(id)));
}

TEST_F(PollOutageTest, ProbeWithACorruptResponsePollsTheOthersAtOnce) {
  BeginOutage();
  const std::string id = NextGetProbe();
  FailAll(corrupt_);
  EXPECT_THAT(InFlight(), ElementsAre(OtherThan(id)));
}

// Failing ones of which each GET hangs leave room for others.
TEST_F(PollOutageTest, FailingPredictionsHaveAtMostFourGetsInFlight) {
  for (int i = 0; i < 10; ++i) Subscribe(absl::StrCat(i));
  FailAll(corrupt_);
  event_loop_.Advance(absl::Seconds(10));
  EXPECT_THAT(InFlight(), SizeIs(PollPlanner::kMaxFailingGets));
}

// With the published rate limit.
class LimitedPollOutageTest : public PollOutageTest {
 protected:
  LimitedPollOutageTest() : PollOutageTest(BudgetRegistry::Rates()) {}
};

// Else the permit would send a probe long before one is due.
TEST_F(LimitedPollOutageTest, DropsThePollThatWaitsForAPermit) {
  for (const char* id : {"1", "2", "3"}) {
    Subscribe(id, absl::Seconds(10));
    NextRequest();
    client_.Complete(MakePrediction(id, "started"));
  }
  for (const char* id : {"1", "2", "3"}) {
    registry_.Apply(*token_, MakePrediction(id, "started"), v1::SOURCE_GET);
  }
  while (InFlight().size() < 2) ASSERT_TRUE(event_loop_.AdvanceToNextTimer());
  ASSERT_THAT(client_.calls(), SizeIs(5)) << "the third one is due, too";
  FailAll(down_);
  event_loop_.Advance(absl::Seconds(2));
  EXPECT_THAT(InFlight(), IsEmpty());
}

}  // namespace
}  // namespace wriftai
