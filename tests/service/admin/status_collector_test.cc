#include "service/admin/status_collector.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/engine/engine.h"
#include "service/telemetry/call_recorder.h"
#include "tests/support/fake_transport.h"
#include "tests/support/manual_event_loop.h"
#include "tests/support/recording_observer.h"
#include "tests/support/silent_logger.h"
#include "tests/support/status_matchers.h"

namespace wriftai {
namespace {

using ::testing::AllOf;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr char kId[] = "c12258c4-ed83-4d7b-a784-8ed55412325a";

// Markers that must not appear in a report.
constexpr char kToken[] = "marker-of-a-token";
constexpr char kPayload[] = "marker-of-a-payload";

// A collector with an engine on virtual time and a fake upstream.
class StatusCollectorTest : public testing::Test {
 protected:
  void Wait(const std::string& token) {
    const auto context =
        engine_.ContextFor({std::make_shared<const Credential>(Secret(token)),
                            absl::InfiniteFuture()});
    waits_.push_back(*engine_.Wait(*context, kId, {}, observer_));
    loop_.RunPosted();
  }

  // Responds to the last poll.
  void Respond(const std::string& status) {
    transport_.Respond(
        200, absl::StrCat(R"({"id":")", kId, R"(","status":")", status,
                          R"(","input":")", kPayload, R"("})"));
    loop_.RunPosted();
  }

  status::Report Collect() { return *collector_.Collect(); }

  // Returns the number of watched predictions by state.
  std::vector<double> ByState() {
    std::vector<double> counts;
    const status::Report report = Collect();
    for (const auto& group : report.watches().groups()) {
      double total = 0;
      for (const double count : group.predictions()) total += count;
      counts.push_back(total);
    }
    return counts;
  }

  ManualEventLoop loop_;
  FakeTransport transport_;
  CallRecorder recorder_{loop_, SilentLogger(), LogFormat::kText};
  Engine engine_{
      EngineOptions(),
      *GatewayCredential::Open(Secret("own"), "", loop_),
      loop_,
      transport_,
      1,
      nullptr,
      [this](const Credential& credential, const absl::Status& status) {
        recorder_.OnPollFailed(credential, status);
      }};
  RecordingObserver observer_;
  std::vector<std::unique_ptr<WaitHandle>> waits_;
  StatusCollector collector_{engine_, recorder_, loop_};
};

TEST_F(StatusCollectorTest, ReportsZerosForIdleEngine) {
  const status::Report report = Collect();
  EXPECT_EQ(report.waits().waiters(), 0);
  EXPECT_THAT(report.credentials(), IsEmpty());
  EXPECT_THAT(report.streams().slowest(), IsEmpty());
  EXPECT_THAT(report.errors().last(), IsEmpty());
  EXPECT_THAT(ByState(), ElementsAre(0, 0, 0, 0, 0));
}

TEST_F(StatusCollectorTest, CountsWatchesByStateAndAge) {
  Wait(kToken);
  EXPECT_THAT(ByState(), ElementsAre(1, 0, 0, 0, 0));
  loop_.Advance(StatusCollector::kReportTtl);
  Respond("pending");
  loop_.Advance(absl::Milliseconds(400));
  EXPECT_THAT(ByState(), ElementsAre(0, 1, 0, 0, 0));
  const status::Report young = Collect();
  EXPECT_THAT(young.watches().groups(1).predictions(),
              ElementsAre(1, 0, 0, 0, 0));
  EXPECT_DOUBLE_EQ(young.waits().oldest_state_seconds(), 0.4);
  loop_.Advance(absl::Minutes(2));
  EXPECT_THAT(Collect().watches().groups(1).predictions(),
              ElementsAre(0, 0, 1, 0, 0));
}

TEST_F(StatusCollectorTest, ReportsEachCredentialSeparately) {
  Wait(kToken);
  Respond("started");
  Wait(kToken);
  Wait("another");
  loop_.Advance(StatusCollector::kReportTtl);
  const status::Report report = Collect();
  ASSERT_THAT(report.credentials(), SizeIs(2));
  EXPECT_EQ(report.waits().waiters(), 3);
  EXPECT_EQ(report.waits().predictions(), 2);
  EXPECT_EQ(report.upstream().polling_credentials(), 2);
  const std::string name(Credential(Secret(kToken)).display_name());
  const status::Credential& first =
      report.credentials(report.credentials(0).name() == name ? 0 : 1);
  EXPECT_EQ(first.name(), name);
  EXPECT_EQ(first.waiters(), 2);
  EXPECT_EQ(first.predictions(), 1);
  EXPECT_EQ(first.oldest_state_seconds(), 1);
  EXPECT_EQ(first.reads().allowed_per_second(), 3);
  EXPECT_EQ(first.reads().own_per_second(), 3);
  EXPECT_EQ(first.creates().allowed_per_second(), 15);
  EXPECT_FALSE(first.polls_fail());
}

TEST_F(StatusCollectorTest, SamplesHistoryPeriodically) {
  Wait(kToken);
  loop_.Advance(2 * StatusHistory::kInterval);
  const status::Report report = Collect();
  EXPECT_THAT(report.history().waiters(), ElementsAre(1, 1));
  EXPECT_THAT(report.credentials(0).history().waiters(), ElementsAre(1, 1));
}

TEST_F(StatusCollectorTest, ReportsFailedPollAsError) {
  Wait(kToken);
  transport_.Respond(503, absl::StrCat(R"({"detail":")", kPayload, R"("})"),
                     {{"x-request-id", "upstream-7"}});
  loop_.Advance(StatusCollector::kReportTtl);
  const status::Report report = Collect();
  ASSERT_THAT(report.errors().last(), SizeIs(1));
  const status::Error& error = report.errors().last(0);
  EXPECT_EQ(error.method(), "poll");
  EXPECT_EQ(error.code(), "UNAVAILABLE");
  EXPECT_EQ(error.reason(), "UPSTREAM_UNAVAILABLE");
  EXPECT_EQ(error.message(), "WriftAI returned 503");
  EXPECT_EQ(error.upstream_request_id(), "upstream-7");
  EXPECT_EQ(error.credential(), Credential(Secret(kToken)).display_name());
  EXPECT_EQ(error.age_seconds(), 1);
  EXPECT_EQ(report.errors().total(), 1);
}

TEST_F(StatusCollectorTest, OmitsTokensAndPayloads) {
  Wait(kToken);
  Respond("started");
  loop_.Advance(absl::Seconds(2));
  transport_.Respond(503, kPayload);
  loop_.Advance(absl::Seconds(2));
  EXPECT_THAT(Collect().ShortDebugString(),
              AllOf(HasSubstr("UPSTREAM_UNAVAILABLE"), Not(HasSubstr(kToken)),
                    Not(HasSubstr(kPayload))));
}

TEST_F(StatusCollectorTest, CollectsAtMostOncePerSecond) {
  const auto first = collector_.Collect();
  Wait(kToken);
  loop_.Advance(StatusCollector::kReportTtl - absl::Milliseconds(1));
  EXPECT_EQ(collector_.Collect(), first);
  loop_.Advance(absl::Milliseconds(1));
  EXPECT_EQ(Collect().waits().waiters(), 1);
}

TEST_F(StatusCollectorTest, SumsCredentialsAboveLimit) {
  for (int i = 0; i < 1000; ++i) Wait(absl::StrCat("token-", i));
  loop_.Advance(2 * StatusHistory::kInterval);
  const status::Report report = Collect();
  ASSERT_THAT(report.credentials(), SizeIs(kMaxCredentials + 1));
  const status::Credential& others =
      report.credentials(static_cast<int>(kMaxCredentials));
  EXPECT_EQ(others.name(), kOtherCredentials);
  EXPECT_EQ(others.waiters(), 900);
  EXPECT_THAT(others.history().waiters(), Each(900));
  EXPECT_EQ(report.waits().waiters(), 1000);
}

TEST_F(StatusCollectorTest, FailsOnStalledLoop) {
  const AdminPages::StatusSource source =
      EngineStatus(loop_, collector_, absl::Milliseconds(1));
  EXPECT_THAT(source(), StatusIs(absl::StatusCode::kUnavailable,
                                 "the event loop is not responding"));
  loop_.RunPosted();
}

}  // namespace
}  // namespace wriftai
