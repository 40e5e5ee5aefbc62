#include "upstream/watch/get_fetcher.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/upstream/watch/one_table.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;

// GETs of a prediction that is due every ten seconds, and was seen at the
// start.
class GetFetcherTest : public OneTableTest {
 protected:
  static constexpr absl::Duration kInterval = absl::Seconds(10);

  GetFetcherTest() { Show(v1::SOURCE_GET, "started", now()); }

  // An early GET `sent` after the start gets a response `responded` after it.
  void GetEarly(absl::Duration sent, absl::Duration responded) {
    event_loop_.Advance(sent);
    gets_.Fetch(target_, CallContext(), /*early=*/true);
    event_loop_.Advance(responded - sent);
    client_.Complete(MakePrediction(kId, "started"));
    event_loop_.RunPosted();
  }

  PollTarget& target_ = Subscribe(kId, kInterval);
  const absl::Time start_ = now().now;
  FakePredictionClient client_;
  Random random_{1};
  PollCircuitBreaker breaker_;
  IgnoringPollObserver poll_observer_;
  GetFetcher gets_{table_,      breaker_, client_,       recent_creates_,
                   event_loop_, random_,  poll_observer_};
};

TEST_F(GetFetcherTest, EarlyGetLeavesTheNextPollAtItsTime) {
  GetEarly(absl::Seconds(7), absl::Seconds(8));
  EXPECT_EQ(target_.DueAt(), start_ + kInterval);
  EXPECT_THAT(observer_.statuses, ElementsAre("started"));
}

TEST_F(GetFetcherTest, EarlyGetThatIsStillInFlightAtItsTimeIsTheNextPoll) {
  GetEarly(absl::Seconds(7), absl::Seconds(11));
  EXPECT_EQ(target_.DueAt(), start_ + absl::Seconds(7) + kInterval);
  EXPECT_THAT(observer_.statuses, ElementsAre("started", "started"));
}

}  // namespace
}  // namespace wriftai
