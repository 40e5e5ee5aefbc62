#include "service/admin/status_findings.h"

#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using ::testing::StartsWith;

// A report of an idle gateway with one token.
status::Report Idle() {
  status::Report report;
  report.set_phase("serving");
  report.mutable_upstream()->set_healthy(true);
  status::Credential& credential = *report.add_credentials();
  credential.set_name("aaa");
  credential.mutable_reads()->set_allowed_per_second(3);
  credential.mutable_reads()->set_own_per_second(3);
  credential.mutable_reads()->set_window_limit(3);
  credential.mutable_creates()->set_allowed_per_second(15);
  credential.mutable_creates()->set_own_per_second(15);
  credential.mutable_creates()->set_window_limit(15);
  return report;
}

std::vector<std::string> Texts(status::Report report) {
  AddFindings(report);
  std::vector<std::string> texts;
  for (const auto& finding : report.findings()) texts.push_back(finding.text());
  return texts;
}

status::Level LevelOf(status::Report report) {
  AddFindings(report);
  return report.level();
}

TEST(FindingsTest, IdleGatewayHasNone) {
  EXPECT_THAT(Texts(Idle()), IsEmpty());
  EXPECT_EQ(LevelOf(Idle()), status::LEVEL_OK);
}

TEST(FindingsTest, DrainIsNotice) {
  status::Report report = Idle();
  report.set_phase("draining");
  EXPECT_THAT(Texts(report),
              ElementsAre("The gateway is draining: it accepts no new Waits "
                          "and stops soon."));
  EXPECT_EQ(LevelOf(report), status::LEVEL_NOTICE);
}

TEST(FindingsTest, FailingUpstreamIsProblem) {
  status::Report report = Idle();
  report.mutable_upstream()->set_healthy(false);
  report.mutable_upstream()->set_failing_credentials(2);
  report.mutable_upstream()->set_last_failure("HTTP 503");
  report.mutable_upstream()->set_changed_seconds_ago(42);
  EXPECT_THAT(Texts(report),
              ElementsAre("WriftAI has been failing for 42 s, last with HTTP "
                          "503. Waits stay open; other calls end "
                          "UNAVAILABLE."));
  EXPECT_EQ(LevelOf(report), status::LEVEL_PROBLEM);
}

TEST(FindingsTest, FailingCredentialsAreProblem) {
  status::Report report = Idle();
  report.mutable_upstream()->set_polling_credentials(5);
  report.mutable_upstream()->set_failing_credentials(2);
  EXPECT_THAT(Texts(report),
              ElementsAre("All recent polls failed for 2 of 5 tokens. Waits "
                          "stay open; see Last failures for the cause."));
  EXPECT_EQ(LevelOf(report), status::LEVEL_PROBLEM);
}

TEST(FindingsTest, FullBudgetIsBottleneck) {
  status::Report report = Idle();
  status::Bucket& reads = *report.mutable_credentials(0)->mutable_reads();
  reads.set_sent_per_second(2.69);
  EXPECT_THAT(Texts(report), IsEmpty());
  reads.set_sent_per_second(2.9);
  reads.set_queued_calls(2);
  EXPECT_THAT(Texts(report),
              ElementsAre("The read budget of aaa is the bottleneck: 2.9 of 3 "
                          "requests/s used, 2 calls queued."));
  EXPECT_EQ(LevelOf(report), status::LEVEL_NOTICE);
}

TEST(FindingsTest, RateReservedForOthersIsNotAvailable) {
  status::Report report = Idle();
  status::Bucket& reads = *report.mutable_credentials(0)->mutable_reads();
  reads.set_window_reserved(2);
  reads.set_sent_per_second(1);
  EXPECT_THAT(Texts(report),
              ElementsAre("The read budget of aaa is the bottleneck: 1 of 3 "
                          "requests/s used, shared with others."));
  EXPECT_DOUBLE_EQ(AvailableRate(reads), 1);
  EXPECT_DOUBLE_EQ(Utilization(reads), 1);
}

TEST(FindingsTest, AvailableRateIsLimitedToReplicaShare) {
  status::Report report = Idle();
  status::Bucket& reads = *report.mutable_credentials(0)->mutable_reads();
  reads.set_own_per_second(1.5);
  reads.set_sent_per_second(1.5);
  EXPECT_THAT(Texts(report),
              ElementsAre("The read budget of aaa is the bottleneck: 1.5 of 3 "
                          "requests/s used, shared with others."));
  EXPECT_DOUBLE_EQ(Utilization(reads), 1);
}

TEST(FindingsTest, Own429IsProblemAnd429OfOthersIsNotice) {
  status::Report report = Idle();
  status::Bucket& creates = *report.mutable_credentials(0)->mutable_creates();
  creates.set_limited_by_others_recent(1);
  EXPECT_THAT(Texts(report),
              ElementsAre("1 response with 429 because others use the token "
                          "aaa, too."));
  EXPECT_EQ(LevelOf(report), status::LEVEL_NOTICE);
  creates.set_limited_by_self_recent(2);
  EXPECT_THAT(Texts(report),
              ElementsAre("2 responses with 429 to the gateway's own creates "
                          "(aaa): WriftAI allows less than the configured "
                          "rate.",
                          "1 response with 429 because others use the token "
                          "aaa, too."));
  EXPECT_EQ(LevelOf(report), status::LEVEL_PROBLEM);
}

TEST(FindingsTest, RefusedCallsAreProblem) {
  status::Report report = Idle();
  report.mutable_credentials(0)->mutable_reads()->set_refused_calls_recent(1);
  EXPECT_THAT(Texts(report),
              ElementsAre("1 call refused because the read budget of aaa was "
                          "exhausted."));
  EXPECT_EQ(LevelOf(report), status::LEVEL_PROBLEM);
}

TEST(FindingsTest, SlowReadersAreNotice) {
  status::Report report = Idle();
  status::Streams& streams = *report.mutable_streams();
  streams.add_slowest()->set_write_seconds(34);
  streams.add_slowest()->set_conflated(9);  // Has caught up.
  EXPECT_THAT(Texts(report),
              ElementsAre("1 reader lags by up to 34 s: slow readers skip "
                          "intermediate states."));
  EXPECT_EQ(LevelOf(report), status::LEVEL_NOTICE);
  streams.mutable_slowest()->RemoveLast();
  for (int i = 1; i < 10; ++i) streams.add_slowest()->set_write_seconds(2);
  EXPECT_THAT(Texts(report),
              ElementsAre(HasSubstr("At least 10 readers lag by up to 34 s")));
}

TEST(FindingsTest, CountsSlowReaders) {
  status::Report report = Idle();
  for (int i = 0; i < 3; ++i) {
    report.mutable_streams()->add_slowest()->set_write_seconds(2);
  }
  EXPECT_THAT(Texts(report),
              ElementsAre(StartsWith("3 readers lag by up to 2 s")));
}

TEST(FindingsTest, SlowEventLoopIsProblem) {
  status::Report report = Idle();
  report.set_loop_delay_seconds(0.3);
  EXPECT_THAT(
      Texts(report),
      ElementsAre("The event loop took 300 ms to respond: the gateway is short "
                  "of CPU time."));
  EXPECT_EQ(LevelOf(report), status::LEVEL_PROBLEM);
}

TEST(FindingsTest, MissedWebhooksAreNotice) {
  status::Report report = Idle();
  report.mutable_webhooks()->set_missed_recent(3);
  EXPECT_THAT(
      Texts(report),
      ElementsAre(HasSubstr("3 changes of predictions with active webhooks")));
  EXPECT_EQ(LevelOf(report), status::LEVEL_NOTICE);
}

TEST(FindingsTest, SortsBySeverity) {
  status::Report report = Idle();
  report.set_phase("draining");
  report.mutable_upstream()->set_failing_credentials(1);
  EXPECT_THAT(Texts(report), ElementsAre(HasSubstr("All recent polls failed"),
                                         HasSubstr("draining")));
}

TEST(FindingsTest, ReportsAtMostThreeFullBudgets) {
  status::Report report = Idle();
  report.mutable_credentials(0)->mutable_reads()->set_sent_per_second(3);
  for (int i = 0; i < 1000; ++i) {
    *report.add_credentials() = report.credentials(0);
  }
  EXPECT_THAT(Texts(report), SizeIs(3));
}

TEST(FindingsTest, SummaryShowsWaitsReadsAnd429s) {
  status::Report report = Idle();
  AddFindings(report);
  EXPECT_EQ(report.summary(),
            "Serving, 0 waits on 0 predictions; reads 0 of 3/s used; no 429.");
  report.clear_findings();
  report.mutable_waits()->set_waiters(812);
  report.mutable_waits()->set_predictions(90);
  report.mutable_waits()->set_oldest_state_seconds(34);
  *report.add_credentials() = report.credentials(0);
  report.mutable_credentials(1)->mutable_reads()->set_sent_per_second(2.9);
  report.mutable_credentials(1)->mutable_reads()->set_limited_by_self_recent(1);
  AddFindings(report);
  EXPECT_EQ(report.summary(),
            "Serving, 812 waits on 90 predictions, oldest state 34 s; reads "
            "2.9 of 3/s used by the busiest token; 1 response with 429.");
}

TEST(FindingsTest, SummaryWithoutTokenOmitsReads) {
  status::Report report;
  report.set_phase("starting");
  report.mutable_upstream()->set_healthy(true);
  AddFindings(report);
  EXPECT_EQ(report.summary(), "Starting, 0 waits on 0 predictions; no 429.");
}

status::Error& AddError(const std::string& credential,
                        const std::string& reason, double age,
                        status::Report& report) {
  status::Error& error = *report.mutable_errors()->add_last();
  error.set_credential(credential);
  error.set_reason(reason);
  error.set_age_seconds(age);
  return error;
}

TEST(FindingsTest, RejectedOwnTokenIsProblemThatComesFirst) {
  status::Report report = Idle();
  report.mutable_credentials(0)->mutable_reads()->set_refused_calls_recent(1);
  AddError("aaa", "TOKEN_REFUSED", 1, report);
  AddError("gateway", "UPSTREAM_UNAVAILABLE", 1, report);
  EXPECT_EQ(Texts(report).size(), 1u);
  AddError("gateway", "TOKEN_REFUSED", 3, report);
  AddError("gateway", "TOKEN_REFUSED", 4, report);
  const std::vector<std::string> texts = Texts(report);
  ASSERT_EQ(texts.size(), 2u);
  EXPECT_EQ(texts[0],
            "WriftAI rejects the gateway's own token (401), last 3 s ago: put "
            "a valid one into --access_token_file or WRIFTAI_ACCESS_TOKEN.");
  EXPECT_EQ(LevelOf(report), status::LEVEL_PROBLEM);
}

TEST(FindingsTest, TokenRejectedLongAgoIsForgotten) {
  status::Report report = Idle();
  AddError("gateway", "TOKEN_REFUSED", 121, report);
  EXPECT_THAT(Texts(report), IsEmpty());
}

TEST(FindingsTest, MissingPaymentIsProblem) {
  status::Report report = Idle();
  AddError("gateway", "PAYMENT_REQUIRED", 3, report);
  EXPECT_THAT(Texts(report),
              ElementsAre("WriftAI wants payment for the gateway's own token "
                          "(402), last 3 s ago: add credit to the account."));
}

TEST(FindingsTest, ManyFailedCallsOfMethodAreNotice) {
  status::Report report = Idle();
  status::Method& method = *report.add_methods();
  method.set_name("Get");
  method.set_ok_recent(90);
  method.set_caller_mistakes_recent(5);
  method.set_failures_recent(5);
  EXPECT_THAT(Texts(report), IsEmpty());
  method.set_failures_recent(6);
  EXPECT_THAT(Texts(report),
              ElementsAre("6 calls of 101 of Get failed in the last 10 min: "
                          "see Last failures."));
  EXPECT_EQ(LevelOf(report), status::LEVEL_NOTICE);
  // Not beside its cause.
  report.mutable_upstream()->set_healthy(false);
  EXPECT_THAT(Texts(report), SizeIs(1));
}

}  // namespace
}  // namespace wriftai
