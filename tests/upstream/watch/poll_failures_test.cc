#include "upstream/watch/poll_failures.h"

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/random.h"
#include "gtest/gtest.h"
#include "upstream/budget/rate_limit.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

class PollFailuresTest : public ::testing::Test {
 protected:
  static absl::Status Limited(absl::Duration retry_after) {
    absl::Status limited = absl::ResourceExhaustedError("429");
    SetRetryDelay(retry_after, limited);
    return limited;
  }

  // Returns the pause after a failure now.
  absl::Duration Fail(const absl::Status& status, absl::Time last_response) {
    failures_.OnFailure(status, absl::Seconds(1), absl::Seconds(30), now_,
                        last_response, random_);
    return failures_.not_before() - now_;
  }

  PollFailures failures_;
  absl::Time now_ = absl::UnixEpoch() + absl::Hours(1);
  Random random_{1};
};

TEST_F(PollFailuresTest, FirstLimitPausesForRetryAfter) {
  EXPECT_EQ(Fail(Limited(absl::Seconds(20)), now_), absl::Seconds(20));
}

TEST_F(PollFailuresTest, LimitWhileOthersGetResponsesPausesEightTimesAsLong) {
  Fail(Limited(absl::Seconds(20)), now_);
  now_ += absl::Seconds(20);
  EXPECT_EQ(Fail(Limited(absl::Seconds(20)), now_ - absl::Seconds(1)),
            absl::Seconds(160));
  now_ += absl::Seconds(160);
  EXPECT_EQ(Fail(Limited(absl::Seconds(200)), now_ - absl::Seconds(1)),
            PollFailures::kMaxLimitedDelay);
}

TEST_F(PollFailuresTest, LimitOfAllPausesForRetryAfter) {
  const absl::Time last_response = now_ - absl::Seconds(1);
  Fail(Limited(absl::Seconds(20)), last_response);
  now_ += absl::Seconds(20);
  EXPECT_EQ(Fail(Limited(absl::Seconds(20)), last_response), absl::Seconds(20));
}

TEST_F(PollFailuresTest, RetryAfterPausesForAtMostTheLongestReset) {
  EXPECT_EQ(Fail(Limited(absl::Hours(2)), now_), kMaxReset);
}

TEST_F(PollFailuresTest, OutageExcusesOnlyFailuresSinceItBegan) {
  Fail(absl::UnavailableError("503"), now_);
  failures_.ResetBackoff(now_ + absl::Milliseconds(1));
  EXPECT_TRUE(failures_.any());
  failures_.ResetBackoff(now_);
  EXPECT_FALSE(failures_.any());
  EXPECT_EQ(failures_.not_before(), absl::InfinitePast());
  EXPECT_TRUE(failures_.unrecovered());
}

}  // namespace
}  // namespace wriftai
