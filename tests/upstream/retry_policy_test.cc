#include "upstream/retry_policy.h"

#include "gtest/gtest.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

TEST(BackoffPolicyTest, DoublesUpToMaxWithJitter) {
  Random random(7);
  const BackoffPolicy backoff{absl::Milliseconds(200), absl::Seconds(1)};
  for (int round = 0; round < 1000; ++round) {
    for (const auto& [failures, max_ms] :
         {std::pair(1, 200), {2, 400}, {3, 800}, {4, 1000}, {60, 1000}}) {
      const absl::Duration delay = backoff.Delay(failures, random);
      EXPECT_GE(delay, absl::Milliseconds(max_ms) / 2);
      EXPECT_LT(delay, absl::Milliseconds(max_ms));
    }
  }
}

TEST(RetryPolicyTest, RetriesOnlyOutages) {
  EXPECT_TRUE(IsRetryable(absl::UnavailableError("")));
  EXPECT_FALSE(IsRetryable(absl::ResourceExhaustedError("")));
  EXPECT_FALSE(IsRetryable(absl::InternalError("")));
  EXPECT_FALSE(IsRetryable(absl::NotFoundError("")));
  EXPECT_FALSE(IsRetryable(absl::DeadlineExceededError("")));
}

TEST(RetryPolicyTest, RejectionsAreNotTransient) {
  EXPECT_FALSE(IsTransient(absl::UnauthenticatedError("")));
  EXPECT_FALSE(IsTransient(absl::PermissionDeniedError("")));
  EXPECT_FALSE(IsTransient(absl::NotFoundError("")));
  EXPECT_FALSE(IsTransient(absl::InvalidArgumentError("")));
  EXPECT_FALSE(IsTransient(absl::FailedPreconditionError("")));
}

TEST(RetryPolicyTest, OutagesAndRateLimitsAreTransient) {
  EXPECT_TRUE(IsTransient(absl::UnavailableError("")));
  EXPECT_TRUE(IsTransient(absl::ResourceExhaustedError("")));
  EXPECT_TRUE(IsTransient(absl::DeadlineExceededError("")));
}

TEST(RetryPolicyTest, CorruptResponseIsTransientButTooLargeIsNot) {
  absl::Status status = GatewayError(absl::StatusCode::kInternal,
                                     v1::UPSTREAM_RESPONSE_INVALID, "broken");
  EXPECT_TRUE(IsTransient(status));
  SetMetadata(kCauseKey, kCauseTooLarge, status);
  EXPECT_FALSE(IsTransient(status));
  EXPECT_FALSE(IsTransient(absl::InternalError("internal")));
}

TEST(RetryPolicyTest, InvalidResponseAndPaymentRequiredAreLikelyPermanent) {
  absl::Status status = GatewayError(absl::StatusCode::kInternal,
                                     v1::UPSTREAM_RESPONSE_INVALID, "HTML");
  EXPECT_TRUE(IsLikelyPermanent(status));
  EXPECT_FALSE(IsOutage(status));
  EXPECT_TRUE(IsLikelyPermanent(GatewayError(
      absl::StatusCode::kResourceExhausted, v1::PAYMENT_REQUIRED, "402")));
  EXPECT_FALSE(IsLikelyPermanent(absl::ResourceExhaustedError("429")));
  EXPECT_FALSE(IsLikelyPermanent(absl::UnavailableError("500")));
  EXPECT_FALSE(IsLikelyPermanent(absl::NotFoundError("404")));
}

TEST(RetryPolicyTest, UnsupportedRequestsAreLikelyPermanent) {
  for (const auto& [http, permanent] : {std::pair("501", true),
                                        {"505", true},
                                        {"506", true},
                                        {"510", true},
                                        {"511", true},
                                        {"500", false},
                                        {"502", false},
                                        {"503", false},
                                        {"504", false},
                                        {"507", false},
                                        {"520", false}}) {
    absl::Status status = GatewayError(absl::StatusCode::kUnavailable,
                                       v1::UPSTREAM_UNAVAILABLE, "no");
    SetMetadata("http_status", http, status);
    EXPECT_EQ(IsLikelyPermanent(status), permanent) << http;
  }
}

TEST(RetryPolicyTest, ServerErrorsAndTimeoutsAreOutages) {
  EXPECT_TRUE(IsOutage(absl::UnavailableError("500")));
  EXPECT_TRUE(IsOutage(absl::DeadlineExceededError("")));
  EXPECT_FALSE(IsOutage(absl::ResourceExhaustedError("429")));
  EXPECT_FALSE(IsOutage(absl::NotFoundError("404")));
}

TEST(RetryPolicyTest, MissingIs404ButNot410) {
  absl::Status status =
      GatewayError(absl::StatusCode::kNotFound, v1::NOT_FOUND, "no");
  SetMetadata("http_status", "404", status);
  EXPECT_TRUE(IsMissing(status));
  SetMetadata("http_status", "410", status);
  EXPECT_FALSE(IsMissing(status));
  EXPECT_FALSE(IsMissing(absl::UnavailableError("")));
}

}  // namespace
}  // namespace wriftai
