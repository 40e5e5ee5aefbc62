#include "service/admin/replica_metrics.h"

#include <cstdint>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "service/admin/metric_family.h"

namespace wriftai {
namespace {

using prometheus::MetricFamily;
using prometheus::MetricType;

void AddMembership(const ReplicaNumbers& numbers,
                   std::vector<MetricFamily>& families) {
  families.push_back(
      Single(MetricType::Gauge, "cluster_joined",
             "1 while this replica has a session in its cluster, and others "
             "have reached it, else 0.",
             !numbers.session.empty() && numbers.is_admitted ? 1 : 0));
  families.push_back(
      Single(MetricType::Gauge, "cluster_certain",
             "1 while this replica is certain of its session, so that it may "
             "send requests with the tokens that it owns, else 0.",
             numbers.is_certain ? 1 : 0));
  families.push_back(
      Single(MetricType::Gauge, "cluster_certainty_age_seconds",
             "Time since the read of etcd that last confirmed the session.",
             absl::ToDoubleSeconds(numbers.certainty_age)));
  families.push_back(Single(MetricType::Gauge, "cluster_members",
                            "Sessions of replicas in the cluster, this one's "
                            "included.",
                            numbers.member_count));
  families.push_back(Single(MetricType::Counter, "cluster_sessions_total",
                            "Sessions that this replica has begun.",
                            numbers.sessions.begun));
  families.push_back(
      Single(MetricType::Counter, "cluster_lapses_total",
             "How often this replica was not certain of its session any more.",
             numbers.sessions.lapses));
  MetricFamily rounds =
      Family(MetricType::Counter, "cluster_vouching_rounds_total",
             "Rounds in which this replica asked all others to confirm its "
             "session, because etcd did not, by result.");
  const int64_t confirmed = numbers.vouching.confirmed;
  AddSample(static_cast<double>(confirmed), {{"result", "confirmed"}}, rounds);
  AddSample(static_cast<double>(numbers.vouching.rounds - confirmed),
            {{"result", "failed"}}, rounds);
  families.push_back(std::move(rounds));
}

void AddTenures(const ReplicaNumbers& numbers,
                std::vector<MetricFamily>& families) {
  families.push_back(Single(MetricType::Gauge, "cluster_owned_tokens",
                            "Tokens whose requests this replica sends.",
                            numbers.owned));
  families.push_back(Single(MetricType::Gauge, "cluster_tokens_in_use",
                            "Tokens in use at this replica, owned or not.",
                            numbers.in_use));
  MetricFamily changes =
      Family(MetricType::Counter, "cluster_tenure_changes_total",
             "Tokens that this replica began or ceased to own, by change.");
  AddSample(static_cast<double>(numbers.tenures.begun), {{"change", "begun"}},
            changes);
  AddSample(static_cast<double>(numbers.tenures.ended), {{"change", "ended"}},
            changes);
  families.push_back(std::move(changes));
  families.push_back(Single(MetricType::Gauge, "cluster_open_create_records",
                            "Creates with a request_id whose record in etcd "
                            "is being written or settled.",
                            numbers.attempts));
}

void AddForwarded(const ReplicaNumbers& numbers,
                  std::vector<MetricFamily>& families) {
  MetricFamily calls =
      Family(MetricType::Counter, "cluster_forwarded_calls_total",
             "Calls that this replica forwarded to the owner of their token, "
             "by method and status code.");
  MetricFamily seconds =
      Family(MetricType::Histogram, "cluster_forwarded_call_seconds",
             "Duration of forwarded calls, by method.");
  MetricFamily hops = Family(
      MetricType::Histogram, "cluster_hop_seconds",
      "What forwarding added to calls: their duration without the owner's.");
  AddHistogram(numbers.hops, {}, hops);
  for (size_t i = 0; i < kForwardedMethods; ++i) {
    const char* const method = NameOf(static_cast<ForwardedMethod>(i));
    const ForwardedCallStats& stats = numbers.forwarded[i];
    // From the start, so that a rate has a first value.
    auto codes = stats.codes;
    codes.try_emplace(absl::StatusCode::kOk);
    for (const auto& [code, count] : codes) {
      AddSample(static_cast<double>(count),
                {{"method", method}, {"code", absl::StatusCodeToString(code)}},
                calls);
    }
    AddHistogram(stats.duration, {{"method", method}}, seconds);
  }
  families.push_back(std::move(calls));
  families.push_back(std::move(seconds));
  families.push_back(std::move(hops));
  MetricFamily webhooks =
      Family(MetricType::Counter, "cluster_webhooks_total",
             "Webhooks that this replica received for others, by result.");
  const std::pair<const char*, int64_t> results[] = {
      {"posted", numbers.webhooks.posted},
      {"retried", numbers.webhooks.retried},
      {"dropped", numbers.webhooks.dropped}};
  for (const auto& [result, count] : results) {
    AddSample(static_cast<double>(count), {{"result", result}}, webhooks);
  }
  families.push_back(std::move(webhooks));
}

void AddStore(const ReplicaNumbers& numbers,
              std::vector<MetricFamily>& families) {
  MetricFamily seconds = Family(MetricType::Histogram, "etcd_call_seconds",
                                "Duration of calls to etcd, by call.");
  MetricFamily failures =
      Family(MetricType::Counter, "etcd_call_failures_total",
             "Failed calls to etcd, by call and status code.");
  for (size_t i = 0; i < kStoreCalls; ++i) {
    const char* const call = NameOf(static_cast<StoreCall>(i));
    AddHistogram(numbers.store[i].duration, {{"call", call}}, seconds);
    auto codes = numbers.store[i].failures;
    codes.try_emplace(absl::StatusCode::kUnavailable);
    for (const auto& [code, count] : codes) {
      AddSample(static_cast<double>(count),
                {{"call", call}, {"code", absl::StatusCodeToString(code)}},
                failures);
    }
  }
  families.push_back(std::move(seconds));
  families.push_back(std::move(failures));
}

}  // namespace

std::vector<MetricFamily> ReplicaMetricFamilies(const ReplicaNumbers& numbers) {
  std::vector<MetricFamily> families;
  AddMembership(numbers, families);
  AddTenures(numbers, families);
  AddForwarded(numbers, families);
  AddStore(numbers, families);
  return families;
}

}  // namespace wriftai
