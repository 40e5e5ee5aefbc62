#include "service/telemetry/poll_log.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/recorded_log.h"
#include "upstream/error_details.h"

namespace wriftai {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";

class PollLogTest : public ::testing::Test {
 protected:
  PollLogTest() { log_.logger()->set_level(spdlog::level::debug); }

  RecordedLog log_;
  PollLog poll_log_{log_.logger(), LogFormat::kText};
  const Credential credential_{Secret("token-1")};
  const std::string who_ =
      "credential=" + credential_.display_name() + " prediction_id=" + kId;
};

TEST_F(PollLogTest, IsDisabledAboveDebug) {
  EXPECT_TRUE(poll_log_.enabled());
  log_.logger()->set_level(spdlog::level::info);
  EXPECT_FALSE(poll_log_.enabled());
}

TEST_F(PollLogTest, WritesPlanWithItsReason) {
  poll_log_.OnPlanned(credential_, kId, PollReason::kWebhookActive,
                      absl::Seconds(30));
  EXPECT_THAT(
      log_.Take(),
      EndsWith(" debug poll planned " + who_ +
               " poll_reason=webhook_active due_in_seconds=30.000000\n"));
  poll_log_.OnPlanned(credential_, kId, PollReason::kHangingGets,
                      absl::InfiniteDuration());
  EXPECT_THAT(log_.Take(), EndsWith(" poll_reason=hanging_gets\n"));
}

TEST_F(PollLogTest, WritesWaitForBudget) {
  BudgetStats budget;
  budget.queued = 2;
  budget.outstanding = 1;
  poll_log_.OnBudgetWait(credential_, budget, absl::Milliseconds(1500));
  EXPECT_THAT(log_.Take(),
              EndsWith(" debug polls wait for the budget credential=" +
                       credential_.display_name() +
                       " due_in_seconds=1.500000 queued_calls=2"
                       " outstanding_requests=1\n"));
}

TEST_F(PollLogTest, WritesRequestAndResult) {
  poll_log_.OnSent(credential_, kId, PollKind::kPage, absl::Seconds(2));
  EXPECT_THAT(log_.Take(), EndsWith(" debug poll sent " + who_ +
                                    " poll_kind=page late_seconds=2.000000\n"));
  poll_log_.OnResult(credential_, kId, PollKind::kGet,
                     GatewayError(absl::StatusCode::kInternal,
                                  v1::UPSTREAM_RESPONSE_INVALID, "not JSON"));
  EXPECT_THAT(log_.Take(), EndsWith(" debug poll ended " + who_ +
                                    " poll_kind=get grpc_status=INTERNAL"
                                    " reason=UPSTREAM_RESPONSE_INVALID\n"));
  poll_log_.OnResult(credential_, kId, PollKind::kGet, absl::OkStatus());
  EXPECT_THAT(log_.Take(), EndsWith(" poll_kind=get grpc_status=OK\n"));
}

TEST_F(PollLogTest, WritesNotificationWithoutPayload) {
  Snapshot snapshot;
  snapshot.prediction.set_status_text("succeeded");
  snapshot.prediction.set_output_json("\"secret output\"");
  snapshot.source = v1::SOURCE_GET;
  poll_log_.OnNotified(credential_, kId, snapshot, 12);
  const std::string line = log_.Take();
  EXPECT_THAT(line, EndsWith(" debug waiters notified " + who_ +
                             " prediction_status=succeeded source=get"
                             " waiters=12\n"));
  EXPECT_THAT(line, Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace wriftai
