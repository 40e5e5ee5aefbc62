#include "service/admin/status_cluster.h"

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "prometheus/text_serializer.h"
#include "service/admin/replica_metrics.h"
#include "service/admin/status_findings.h"

namespace wriftai {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

ReplicaNumbers Joined() {
  ReplicaNumbers numbers;
  numbers.cluster_name = "eu";
  numbers.session = "pod-1.1";
  numbers.is_admitted = true;
  numbers.is_certain = true;
  numbers.certainty_age = absl::Milliseconds(120);
  numbers.owned = 1;
  numbers.member_count = 2;
  numbers.members = {{"pod-0.1", "10.0.0.1:7000", "1.2.3+abc", 0, false},
                     {"pod-1.1", "10.0.0.2:7000", "1.2.3+abc", 1, true}};
  numbers.owners = {{"gateway", "pod-1.1", 42}};
  return numbers;
}

std::string Html(const ReplicaNumbers& numbers) {
  status::Report report;
  FillCluster(numbers, *report.mutable_cluster());
  HtmlWriter html;
  WriteCluster(report, html);
  return html.Take();
}

std::vector<std::string> Findings(const ReplicaNumbers& numbers) {
  status::Report report;
  report.set_phase("serving");
  report.mutable_upstream()->set_healthy(true);
  FillCluster(numbers, *report.mutable_cluster());
  AddFindings(report);
  std::vector<std::string> texts;
  for (const auto& finding : report.findings()) texts.push_back(finding.text());
  return texts;
}

TEST(StatusClusterTest, ShowsMembersOwnersAndCertainty) {
  const std::string html = Html(Joined());
  for (const char* const part :
       {"under the name eu",
        "This replica is pod-1.1, certain of it; etcd "
        "confirmed it 120 ms ago. 2 replicas.",
        "pod-1.1 (this)", "10.0.0.1:7000", "1.2.3+abc", "gateway"}) {
    EXPECT_THAT(html, HasSubstr(part));
  }
}

TEST(StatusClusterTest, ShowsNothingOfAReplicaThatIsAlone) {
  EXPECT_EQ(Html(ReplicaNumbers()), "");
  EXPECT_THAT(Findings(ReplicaNumbers()), IsEmpty());
}

TEST(StatusClusterTest, SanitizesWhatComesFromTheStore) {
  ReplicaNumbers numbers = Joined();
  numbers.members[0].address = "<script>\xff\n";
  EXPECT_THAT(Html(numbers), Not(HasSubstr("<script>")));
  status::Cluster cluster;
  FillCluster(numbers, cluster);
  EXPECT_EQ(cluster.members(0).address(), "<script>??");
}

TEST(StatusClusterTest, MissingAndUncertainSessionsAreProblems) {
  ReplicaNumbers numbers = Joined();
  EXPECT_THAT(Findings(numbers), IsEmpty());
  numbers.certainty_age = absl::Seconds(9);
  EXPECT_THAT(Findings(numbers),
              ElementsAre(StartsWith("etcd has not answered for 9 s; the other "
                                     "replicas confirm")));
  numbers.is_certain = false;
  EXPECT_THAT(Findings(numbers),
              ElementsAre(StartsWith("This replica is not certain")));
  numbers.is_admitted = false;
  EXPECT_THAT(Findings(numbers),
              ElementsAre(StartsWith("This replica is not ready: no other")));
  numbers.session.clear();
  EXPECT_THAT(Findings(numbers),
              ElementsAre(StartsWith("This replica is not in the cluster")));
}

std::string Metrics(const ReplicaNumbers& numbers) {
  return prometheus::TextSerializer().Serialize(ReplicaMetricFamilies(numbers));
}

TEST(ReplicaMetricsTest, OnlyAReplicaThatIsAdmittedHasJoined) {
  ReplicaNumbers numbers = Joined();
  EXPECT_THAT(Metrics(numbers), HasSubstr("cluster_joined 1\n"));
  numbers.is_admitted = false;
  EXPECT_THAT(Metrics(numbers), HasSubstr("cluster_joined 0\n"));
}

TEST(ReplicaMetricsTest, AreZeroWithoutACluster) {
  const std::string text = Metrics(ReplicaNumbers());
  for (const char* const line :
       {"cluster_joined 0\n", "cluster_certain 0\n", "cluster_members 0\n",
        "cluster_forwarded_calls_total{method=\"Get\",code=\"OK\"} 0\n",
        "etcd_call_failures_total{call=\"txn\",code=\"UNAVAILABLE\"} 0\n",
        "etcd_call_seconds_count{call=\"range\"} 0\n",
        "cluster_webhooks_total{result=\"dropped\"} 0\n"}) {
    EXPECT_THAT(text, HasSubstr(std::string("wriftai_gateway_") + line));
  }
}

TEST(ReplicaMetricsTest, ExportMembershipCallsAndRounds) {
  ReplicaNumbers numbers = Joined();
  numbers.vouching.rounds = 5;
  numbers.vouching.confirmed = 3;
  numbers.sessions.lapses = 2;
  numbers.tenures.begun = 7;
  ForwardedCallStats& gets =
      numbers.forwarded[static_cast<size_t>(ForwardedMethod::kGet)];
  gets.duration.Add(0.0004);
  gets.codes[absl::StatusCode::kNotFound] = 1;
  numbers.hops.Add(0.0002);
  numbers.store[static_cast<size_t>(StoreCall::kCommit)]
      .failures[absl::StatusCode::kDeadlineExceeded] = 4;
  const std::string text = Metrics(numbers);
  for (const char* const line :
       {"cluster_joined 1\n", "cluster_certain 1\n",
        "cluster_certainty_age_seconds 0.12\n", "cluster_members 2\n",
        "cluster_owned_tokens 1\n", "cluster_lapses_total 2\n",
        "cluster_vouching_rounds_total{result=\"confirmed\"} 3\n",
        "cluster_vouching_rounds_total{result=\"failed\"} 2\n",
        "cluster_tenure_changes_total{change=\"begun\"} 7\n",
        "cluster_forwarded_calls_total{method=\"Get\",code=\"NOT_FOUND\"} 1\n",
        "cluster_forwarded_call_seconds_bucket{method=\"Get\",le=\"0.0005\"} "
        "1\n",
        "cluster_hop_seconds_bucket{le=\"0.0001\"} 0\n",
        "cluster_hop_seconds_bucket{le=\"0.00025\"} 1\n",
        "etcd_call_failures_total{call=\"txn\",code=\"DEADLINE_EXCEEDED\"} "
        "4\n"}) {
    EXPECT_THAT(text, HasSubstr(std::string("wriftai_gateway_") + line));
  }
}

}  // namespace
}  // namespace wriftai
