#include "service/admin/status_history.h"

#include <string>

#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace wriftai {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr absl::Duration kInterval = StatusHistory::kInterval;

EngineNumbers::Credential Sending(const std::string& name, int64_t reads,
                                  int64_t creates = 0) {
  EngineNumbers::Credential credential;
  credential.name = name;
  credential.reads.polls = reads;
  credential.creates.calls = creates;
  return credential;
}

// A history with its input and a clock.
class StatusHistoryTest : public testing::Test {
 protected:
  void Sample(absl::Duration after = kInterval) {
    now_ += after;
    history_.Add(now_, numbers_, calls_);
  }

  status::Report Fill() {
    status::Report report;
    for (const auto& credential : numbers_.credentials) {
      report.add_credentials()->set_name(credential.name);
    }
    history_.Fill(now_, numbers_, calls_, report);
    return report;
  }

  absl::Time now_ = absl::FromUnixSeconds(1'000'000);
  EngineNumbers numbers_;
  StatusHistory::CallCounts calls_;
  StatusHistory history_;
};

TEST_F(StatusHistoryTest, IsEmptyInitially) {
  const status::Report report = Fill();
  EXPECT_THAT(report.history().waiters(), IsEmpty());
  EXPECT_EQ(report.history().interval_seconds(), 5);
  EXPECT_THAT(report.staleness().recent(), SizeIs(17));
  EXPECT_THAT(report.staleness().recent(), Each(0));
  EXPECT_FALSE(report.staleness().has_recent_p50_seconds());
}

TEST_F(StatusHistoryTest, ReportsEachInterval) {
  Sample();
  numbers_.waiter_count = 7;
  calls_.updates = 10;
  calls_.errors = 2;
  Sample();
  numbers_.waiter_count = 3;
  calls_.updates = 60;
  Sample();
  const status::Report report = Fill();
  EXPECT_THAT(report.history().waiters(), ElementsAre(7, 3));
  EXPECT_THAT(report.history().updates_per_second(), ElementsAre(2, 10));
  EXPECT_THAT(report.history().errors(), ElementsAre(2, 0));
  EXPECT_EQ(report.errors().recent(), 2);
}

TEST_F(StatusHistoryTest, NewCredentialCountsFromPreviousSample) {
  Sample();
  numbers_.credentials = {Sending("aaa", 10, 5)};
  calls_.waiters["aaa"] = 4;
  Sample();
  numbers_.credentials = {Sending("aaa", 25, 5)};
  Sample();
  const status::Report report = Fill();
  const status::Credential& credential = report.credentials(0);
  EXPECT_THAT(credential.history().reads_per_second(), ElementsAre(2, 3));
  EXPECT_THAT(credential.history().creates_per_second(), ElementsAre(1, 0));
  EXPECT_THAT(credential.history().waiters(), ElementsAre(4, 4));
  EXPECT_EQ(credential.reads().sent_per_second(), 2.5);
  EXPECT_EQ(credential.creates().sent_per_second(), 0.5);
  EXPECT_THAT(report.history().requests_per_second(), ElementsAre(3, 3));
}

TEST_F(StatusHistoryTest, ReportsCredentialBeforeFirstSample) {
  Sample();
  numbers_.credentials = {Sending("aaa", 10)};
  numbers_.credentials[0].reads.limited_by_self = 3;
  const status::Report report = Fill();
  EXPECT_EQ(report.credentials(0).reads().sent_per_second(), 2);
  EXPECT_EQ(report.credentials(0).reads().limited_by_self_recent(), 3);
  EXPECT_THAT(report.credentials(0).history().reads_per_second(), IsEmpty());
}

TEST_F(StatusHistoryTest, CurrentRateCoversLastHalfMinute) {
  numbers_.credentials = {Sending("aaa", 0)};
  Sample();
  numbers_.credentials = {Sending("aaa", 1000)};
  Sample();
  for (size_t i = 0; i < StatusHistory::kRateIntervals; ++i) {
    numbers_.credentials[0].reads.polls += 15;
    Sample();
  }
  EXPECT_EQ(Fill().credentials(0).reads().sent_per_second(), 3);
}

TEST_F(StatusHistoryTest, RecentCountsExpireAfterTenMinutes) {
  numbers_.credentials = {Sending("aaa", 0)};
  Sample();
  calls_.errors = 5;
  numbers_.webhooks.stats.missed = 6;
  numbers_.credentials[0].reads.limited_by_self = 1;
  numbers_.credentials[0].reads.limited_by_others = 2;
  numbers_.credentials[0].creates.rejected = 3;
  numbers_.watches.staleness.Add(absl::Seconds(2));
  Sample();
  for (size_t i = 1; i < StatusHistory::kMaxIntervals; ++i) Sample();
  const status::Report before = Fill();
  EXPECT_EQ(before.errors().recent(), 5);
  EXPECT_EQ(before.webhooks().missed_recent(), 6);
  EXPECT_EQ(before.credentials(0).reads().limited_by_self_recent(), 1);
  EXPECT_EQ(before.credentials(0).reads().limited_by_others_recent(), 2);
  EXPECT_EQ(before.credentials(0).creates().refused_calls_recent(), 3);
  EXPECT_EQ(before.staleness().recent(9), 1);
  Sample();
  const status::Report after = Fill();
  EXPECT_EQ(after.errors().recent(), 0);
  EXPECT_EQ(after.webhooks().missed_recent(), 0);
  EXPECT_EQ(after.credentials(0).reads().limited_by_self_recent(), 0);
  EXPECT_EQ(after.credentials(0).reads().limited_by_others_recent(), 0);
  EXPECT_EQ(after.credentials(0).creates().refused_calls_recent(), 0);
  EXPECT_EQ(after.staleness().recent(9), 0);
  EXPECT_EQ(after.staleness().total(9), 1);
}

TEST_F(StatusHistoryTest, SizeIsBounded) {
  for (int i = 0; i < 3 * static_cast<int>(StatusHistory::kMaxIntervals); ++i) {
    numbers_.credentials = {Sending("aaa", i)};
    Sample();
  }
  const status::Report report = Fill();
  const int max = static_cast<int>(StatusHistory::kMaxIntervals);
  EXPECT_EQ(report.history().waiters_size(), max);
  EXPECT_EQ(report.credentials(0).history().reads_per_second_size(), max);
}

TEST_F(StatusHistoryTest, ForgottenCredentialStartsNewHistory) {
  numbers_.credentials = {Sending("aaa", 100)};
  Sample();
  Sample();
  numbers_.credentials.clear();
  Sample();
  numbers_.credentials = {Sending("aaa", 5)};
  Sample();
  EXPECT_THAT(Fill().credentials(0).history().reads_per_second(),
              ElementsAre(1));
}

TEST_F(StatusHistoryTest, DecreasingCountsAreUnchanged) {
  numbers_.credentials = {Sending("other", 100)};
  Sample();
  numbers_.credentials = {Sending("other", 40)};
  Sample();
  const status::Report report = Fill();
  EXPECT_THAT(report.credentials(0).history().reads_per_second(),
              ElementsAre(0));
  EXPECT_EQ(report.credentials(0).reads().sent_per_second(), 0);
}

TEST_F(StatusHistoryTest, CredentialFromOthersStartsWithoutHistory) {
  numbers_.credentials = {Sending(kOtherCredentials, 100)};
  Sample();
  numbers_.credentials = {Sending(kOtherCredentials, 1), Sending("aaa", 100)};
  Sample();
  EXPECT_THAT(Fill().credentials(1).history().reads_per_second(), IsEmpty());
  EXPECT_EQ(Fill().credentials(1).reads().sent_per_second(), 0);
}

TEST_F(StatusHistoryTest, InterpolatesQuantilesWithinBucket) {
  Sample();
  // Between 1 and 2.5 seconds.
  for (int i = 0; i < 100; ++i) {
    numbers_.watches.staleness.Add(absl::Seconds(2));
  }
  numbers_.watches.terminal_delay.Add(absl::Hours(1));
  const status::Report report = Fill();
  EXPECT_DOUBLE_EQ(report.staleness().recent_p50_seconds(), 1.75);
  EXPECT_DOUBLE_EQ(report.staleness().recent_p99_seconds(), 2.485);
  // Above all bounds.
  EXPECT_DOUBLE_EQ(report.terminal_delay().recent_p50_seconds(), 300);
}

}  // namespace
}  // namespace wriftai
