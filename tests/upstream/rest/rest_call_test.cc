#include "upstream/rest/rest_call.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_transport.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/rotatable_credential.h"
#include "tests/support/status_matchers.h"
#include "upstream/budget/budget_registry.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;
using Kind = TransportFailure::Kind;

class RestCallTest : public ::testing::Test {
 protected:
  void Start(int max_attempts,
             absl::Duration timeout = absl::InfiniteDuration(),
             Operation operation = Operation::kGet) {
    RestCall::Options options;
    options.credential = credential_;
    options.subject = {operation, "id"};
    options.deadline = event_loop_.Now() + timeout;
    options.max_attempts = max_attempts;
    options.trace = trace_;
    options.stats = &stats_;
    HttpRequest request;
    request.url = "http://upstream/";
    request.timeout = absl::Seconds(30);
    call_ = std::make_unique<RestCall>(
        event_loop_, transport_, random_, budget_, Permit(), std::move(request),
        options, [this](absl::StatusOr<HttpResponse> response) {
          EXPECT_FALSE(response_.has_value()) << "called twice";
          response_ = std::move(response);
        });
  }

  size_t attempts() const { return transport_.sent().size(); }
  const Secret& sent_token() const { return transport_.sent().back().bearer; }

  ManualEventLoop event_loop_;
  FakeTransport transport_;
  Random random_{1};
  std::shared_ptr<Budget> budget_ =
      std::make_shared<Budget>(BudgetRegistry::kUnlimited.reads, event_loop_);
  std::shared_ptr<RotatableCredential> credential_ =
      std::make_shared<RotatableCredential>(Secret("old"));
  std::optional<absl::StatusOr<HttpResponse>> response_;
  const std::shared_ptr<CallTrace> trace_ = std::make_shared<CallTrace>();
  UpstreamStats stats_;
  std::unique_ptr<RestCall> call_;
};

// "get 503 1 4.000": each operation and result with its count and seconds.
std::vector<std::string> CountsOf(const UpstreamStats& stats) {
  std::vector<std::string> counts;
  for (size_t i = 0; i < UpstreamStats::kOperations.size(); ++i) {
    for (size_t j = 0; j < UpstreamResult::kNames.size(); ++j) {
      const DurationHistogram& durations = stats.operations()[i][j];
      int64_t count = 0;
      for (const int64_t in_bucket : durations.counts()) count += in_bucket;
      if (count == 0) continue;
      counts.push_back(
          absl::StrFormat("%s %s %d %.3f", UpstreamStats::kOperations[i],
                          UpstreamResult::kNames[j], count, durations.sum()));
    }
  }
  return counts;
}

TEST_F(RestCallTest, ReturnsSuccess) {
  Start(3);
  transport_.Respond(202, "{}");
  ASSERT_TRUE(response_.has_value());
  EXPECT_EQ((*response_)->status, 202);
}

TEST_F(RestCallTest, RetriesOutageAndThenFails) {
  Start(3);
  for (int attempt = 1; attempt <= 3; ++attempt) {
    ASSERT_FALSE(response_.has_value());
    transport_.Respond(503, "");
    event_loop_.Advance(absl::Seconds(5));
  }
  EXPECT_EQ(attempts(), 3u);
  EXPECT_THAT(*response_, StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(RestCallTest, RecordsEveryAttemptInTrace) {
  Start(3);
  transport_.Respond(503, "", {{"x-request-id", "first"}});
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_EQ(trace_->http_status, 503);
  transport_.Fail(Kind::kInterrupted, true);
  event_loop_.Advance(absl::Seconds(5));
  transport_.Respond(200, "{}", {{"x-request-id", std::string(1000, 'x')}});
  EXPECT_EQ(trace_->requests, 3);
  EXPECT_EQ(trace_->http_status, 200);
  EXPECT_THAT(trace_->request_ids, ElementsAre("first", std::string(128, 'x')));
}

TEST_F(RestCallTest, UsesCurrentTokenForEachAttempt) {
  Start(3);
  EXPECT_EQ(sent_token(), Secret("old"));
  credential_->Rotate(Secret("new"));
  transport_.Respond(503, "");
  event_loop_.Advance(absl::Seconds(5));
  EXPECT_EQ(attempts(), 2u);
  EXPECT_EQ(sent_token(), Secret("new"));
}

TEST_F(RestCallTest, ResendsWithNewTokenIfRejectedDuringRotation) {
  for (const Operation operation : {Operation::kGet, Operation::kCreate}) {
    response_.reset();
    Start(1, absl::InfiniteDuration(), operation);
    const size_t before = attempts();
    credential_->Rotate(Secret(before == 1 ? "new" : "newest"));
    transport_.Respond(401, "");
    ASSERT_FALSE(response_.has_value());
    EXPECT_EQ(attempts(), before + 1);
    EXPECT_EQ(sent_token(), credential_->token());
    transport_.Respond(200, "{}");
    EXPECT_EQ((*response_)->status, 200);
  }
}

TEST_F(RestCallTest, FailsIfNewTokenIsRejectedToo) {
  Start(3);
  credential_->Rotate(Secret("new"));
  transport_.Respond(401, "");
  credential_->Rotate(Secret("newest"));
  transport_.Respond(401, "");
  EXPECT_EQ(attempts(), 2u);
  EXPECT_THAT(*response_, StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(RestCallTest, DoesNotRetryRejectedCurrentToken) {
  Start(3);
  transport_.Respond(401, "");
  EXPECT_EQ(attempts(), 1u);
  EXPECT_THAT(*response_, StatusIs(absl::StatusCode::kUnauthenticated));
}

TEST_F(RestCallTest, RetriesAfterLostConnection) {
  Start(3);
  transport_.Fail(Kind::kInterrupted, true);
  event_loop_.Advance(absl::Seconds(1));
  transport_.Respond(200, "{}");
  EXPECT_THAT(*response_, IsOk());
}

TEST_F(RestCallTest, WaitsBetweenAttempts) {
  Start(3);
  transport_.Respond(503, "");
  EXPECT_EQ(attempts(), 1u);
  event_loop_.Advance(absl::Milliseconds(99));
  EXPECT_EQ(attempts(), 1u);
  event_loop_.Advance(absl::Milliseconds(101));
  EXPECT_EQ(attempts(), 2u);
}

TEST_F(RestCallTest, WaitsForRetryAfter) {
  Start(3);
  transport_.Respond(503, "", {{"retry-after", "4"}});
  event_loop_.Advance(absl::Milliseconds(3999));
  EXPECT_EQ(attempts(), 1u);
  event_loop_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(attempts(), 2u);
}

TEST_F(RestCallTest, FailsAtOnceIfRetryAfterIsTooLong) {
  Start(3);
  transport_.Respond(503, "", {{"retry-after", "6"}});
  ASSERT_TRUE(response_.has_value());
  EXPECT_THAT(*response_, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_EQ(RetryDelay(response_->status()), absl::Seconds(6));
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(attempts(), 1u);
}

TEST_F(RestCallTest, DoesNotRetryWithOneAttempt) {
  Start(1);
  transport_.Fail(Kind::kConnect, false);
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(attempts(), 1u);
  EXPECT_THAT(*response_, StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(RestCallTest, DoesNotRetryRejectionsAndLimits) {
  for (const int http : {400, 401, 402, 403, 404, 409, 422, 429}) {
    response_.reset();
    Start(3);
    const size_t before = attempts();
    transport_.Respond(http, "");
    event_loop_.Advance(absl::Minutes(1));
    EXPECT_EQ(attempts(), before) << http;
    EXPECT_TRUE(response_.has_value()) << http;
  }
}

TEST_F(RestCallTest, SendsNothingAfterDeadline) {
  Start(3, absl::ZeroDuration());
  EXPECT_FALSE(response_.has_value())
      << "called before the constructor returned";
  event_loop_.RunPosted();
  EXPECT_THAT(*response_, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_THAT(transport_.sent(), IsEmpty());
}

TEST_F(RestCallTest, BoundsAttemptByDeadline) {
  Start(3, absl::Seconds(2));
  EXPECT_EQ(transport_.sent()[0].timeout, absl::Seconds(2));
  event_loop_.Advance(absl::Milliseconds(500));
  transport_.Respond(503, "");
  event_loop_.Advance(absl::Milliseconds(200));
  ASSERT_THAT(transport_.sent(), SizeIs(2));
  EXPECT_LT(transport_.sent()[1].timeout, absl::Milliseconds(1500));
  EXPECT_GE(transport_.sent()[1].timeout, absl::Milliseconds(1300));
}

TEST_F(RestCallTest, BoundsAttemptByItsTimeout) {
  Start(3, absl::Hours(1));
  EXPECT_EQ(transport_.sent()[0].timeout, absl::Seconds(30));
}

TEST_F(RestCallTest, DistinguishesDeadlineFromTimeout) {
  Start(1, absl::Seconds(2));
  transport_.Fail(Kind::kTimeout, true);
  EXPECT_THAT(*response_, StatusIs(absl::StatusCode::kDeadlineExceeded));
  response_.reset();
  Start(1, absl::Hours(1));
  transport_.Fail(Kind::kTimeout, true);
  EXPECT_THAT(*response_, StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(RestCallTest, DoesNotRetryAfterDeadline) {
  Start(3, absl::Seconds(2));
  transport_.Respond(503, "", {{"retry-after", "3"}});
  EXPECT_THAT(*response_, StatusIs(absl::StatusCode::kUnavailable));
}

TEST_F(RestCallTest, DestructionCancelsAttempt) {
  Start(3);
  call_.reset();
  EXPECT_EQ(transport_.pending_count(), 0u);
}

TEST_F(RestCallTest, DestructionCancelsNextAttempt) {
  Start(3);
  transport_.Respond(503, "");
  call_.reset();
  event_loop_.Advance(absl::Minutes(1));
  EXPECT_EQ(attempts(), 1u);
  EXPECT_FALSE(response_.has_value());
}

TEST_F(RestCallTest, CountsEachAttemptByOperationResultAndDuration) {
  Start(3);
  event_loop_.Advance(absl::Seconds(4));
  transport_.Respond(503, "");
  EXPECT_THAT(CountsOf(stats_), ElementsAre("get 503 1 4.000"));
  event_loop_.Advance(absl::Seconds(1));  // More than the backoff.
  transport_.Respond(200, "{}");
  EXPECT_THAT(CountsOf(stats_),
              ElementsAre(StartsWith("get 200 1 0."), "get 503 1 4.000"));
  response_.reset();
  Start(1, absl::Seconds(2), Operation::kCancel);
  event_loop_.Advance(absl::Seconds(2));
  transport_.Fail(Kind::kTimeout, true);
  EXPECT_THAT(CountsOf(stats_),
              ElementsAre(StartsWith("get 200 1 0."), "get 503 1 4.000",
                          "cancel deadline 1 2.000"));
}

TEST_F(RestCallTest, CountsDroppedAttemptAsCanceledOnce) {
  Start(3, absl::InfiniteDuration(), Operation::kList);
  event_loop_.Advance(absl::Seconds(7));
  call_.reset();
  EXPECT_THAT(CountsOf(stats_), ElementsAre("list canceled 1 7.000"));
  Start(3, absl::InfiniteDuration(), Operation::kCreate);
  call_->Abort(absl::UnavailableError("draining"));
  call_.reset();
  EXPECT_THAT(CountsOf(stats_),
              ElementsAre("list canceled 1 7.000", "create canceled 1 0.000"));
}

TEST_F(RestCallTest, DoesNotCountUnsentOrEndedCallAgain) {
  Start(1);
  transport_.Respond(404, "");
  call_.reset();
  EXPECT_THAT(CountsOf(stats_), ElementsAre("get 404 1 0.000"));
}

}  // namespace
}  // namespace wriftai
