#include "service/admin/call_history.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/predictions.h"
#include "service/admin/status_history.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class CallHistoryTest : public ::testing::Test {
 protected:
  void End(CallMethod method, absl::Status status, absl::Duration duration,
           int times = 1) {
    for (int i = 0; i < times; ++i) {
      calls_.ended[{method, status.code()}].duration.Add(duration);
      ++calls_.outcomes[static_cast<size_t>(method->index())]
                       [static_cast<size_t>(OutcomeOf(status, "aaa", false))];
      ++calls_.started[method];
    }
  }

  void Respond(Operation operation, int status, absl::Duration duration) {
    HttpResponse response;
    response.status = status;
    upstream_.Add(operation, UpstreamResult::Of(response, false), duration);
  }

  void Sample() {
    history_.Add(CallSample(now_, calls_, upstream_, cpu_));
    now_ += StatusHistory::kInterval;
  }

  status::Report Report() {
    status::Report report;
    history_.Fill(CallSample(now_, calls_, upstream_, cpu_), calls_.started,
                  report);
    return report;
  }

  absl::Time now_ = absl::UnixEpoch();
  CallStats calls_;
  UpstreamStats upstream_;
  double cpu_ = 1;
  CallHistory history_;
  const CallMethod get_ = MethodOf<v1::GetRequest>();
};

TEST_F(CallHistoryTest, ReportsNothingBeforeFirstCall) {
  Sample();
  EXPECT_THAT(Report().methods(), IsEmpty());
  EXPECT_THAT(Report().upstream_operations(), IsEmpty());
  EXPECT_EQ(Report().process().cpus(), 0);
}

TEST_F(CallHistoryTest, CountsOutcomesRatesAndQuantilesOfMethod) {
  End(get_, absl::OkStatus(), absl::Seconds(100));  // Before the first sample.
  Sample();
  End(get_, absl::OkStatus(), absl::Milliseconds(95), 98);
  End(get_, absl::OkStatus(), absl::Milliseconds(1900), 2);
  End(get_, absl::NotFoundError(""), absl::Seconds(100), 3);
  End(get_, absl::InternalError(""), absl::Seconds(100), 4);
  End(get_, absl::CancelledError(""), absl::Seconds(100), 5);
  calls_.started[get_] += 7;
  const status::Report report = Report();
  ASSERT_THAT(report.methods(), SizeIs(1));
  const status::Method& method = report.methods(0);
  EXPECT_EQ(method.name(), "Get");
  EXPECT_EQ(method.ok_recent(), 100);
  EXPECT_EQ(method.caller_mistakes_recent(), 3);
  EXPECT_EQ(method.failures_recent(), 4);
  EXPECT_EQ(method.routine_recent(), 5);
  EXPECT_EQ(method.in_progress(), 7);
  EXPECT_EQ(method.total(), 113);
  EXPECT_DOUBLE_EQ(method.per_second(), 112 / 5.0);
  // Interpolated in the buckets from 80 to 100 ms and from 1 to 2 s.
  EXPECT_NEAR(method.recent_p50_seconds(), 0.09, 0.01);
  EXPECT_NEAR(method.recent_p99_seconds(), 1.5, 0.01);
}

TEST_F(CallHistoryTest, MethodWithoutSuccessHasNoQuantile) {
  Sample();
  End(get_, absl::InternalError(""), absl::Seconds(1));
  EXPECT_FALSE(Report().methods(0).has_recent_p50_seconds());
}

TEST_F(CallHistoryTest, CountsRequestsByResultMostFrequentFirst) {
  Sample();
  for (int i = 0; i < 3; ++i) Respond(Operation::kGet, 200, absl::Seconds(2));
  for (int i = 0; i < 9; ++i) Respond(Operation::kGet, 503, absl::Seconds(2));
  upstream_.Add(Operation::kGet, UpstreamResult::Canceled(),
                absl::Seconds(200));
  const status::Report report = Report();
  ASSERT_THAT(report.upstream_operations(), SizeIs(1));
  const status::UpstreamOperation& operation = report.upstream_operations(0);
  EXPECT_EQ(operation.name(), "get");
  EXPECT_EQ(operation.recent(), 13);
  EXPECT_DOUBLE_EQ(operation.per_second(), 13 / 5.0);
  ASSERT_THAT(operation.results(), SizeIs(3));
  EXPECT_EQ(operation.results(0).ShortDebugString(),
            "result: \"503\" recent: 9 failure: true");
  EXPECT_EQ(operation.results(1).ShortDebugString(),
            "result: \"200\" recent: 3");
  EXPECT_EQ(operation.results(2).ShortDebugString(),
            "result: \"canceled\" recent: 1");
  // Only of responses.
  EXPECT_LT(operation.recent_p99_seconds(), 2.6);
}

TEST_F(CallHistoryTest, ForgetsWhatIsOlderThanItsIntervals) {
  Sample();
  End(get_, absl::OkStatus(), absl::Seconds(1));
  for (size_t i = 0; i < StatusHistory::kMaxIntervals; ++i) Sample();
  EXPECT_EQ(Report().methods(0).ok_recent(), 1);
  Sample();
  EXPECT_EQ(Report().methods(0).ok_recent(), 0);
  EXPECT_EQ(Report().methods(0).total(), 1);
}

TEST_F(CallHistoryTest, RatesCoverThirtySeconds) {
  Sample();
  End(get_, absl::OkStatus(), absl::Seconds(1), 60);
  cpu_ += 3;
  Sample();
  EXPECT_THAT(Report().history().calls_per_second(), ElementsAre(12));
  for (size_t i = 0; i < StatusHistory::kRateIntervals; ++i) Sample();
  EXPECT_DOUBLE_EQ(Report().methods(0).per_second(), 0);
  EXPECT_EQ(Report().methods(0).ok_recent(), 60);
  EXPECT_EQ(Report().process().cpus(), 0);
}

}  // namespace
}  // namespace wriftai
