#include "service/admin/status_collector.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/process_numbers.h"
#include "base/run_on_loop.h"
#include "base/sanitize.h"
#include "google/protobuf/util/time_util.h"
#include "service/admin/status_cluster.h"
#include "service/admin/status_watches.h"
#include "service/engine/engine.h"
#include "service/replica/replica.h"
#include "service/telemetry/call_recorder.h"

namespace wriftai {
namespace {

CredentialNameFn NameAmong(
    const std::vector<EngineNumbers::Credential>& credentials) {
  std::set<std::string> names;
  for (const auto& credential : credentials) names.insert(credential.name);
  return [names = std::move(names)](absl::string_view display_name) {
    std::string name(display_name);
    return names.count(name) > 0 ? name : std::string(kOtherCredentials);
  };
}

void FillBucket(const BudgetStats& stats, status::Bucket& bucket) {
  bucket.set_allowed_per_second(stats.rate);
  bucket.set_own_per_second(stats.own_rate);
  bucket.set_window_limit(static_cast<double>(stats.limit));
  bucket.set_window_used(static_cast<double>(stats.used));
  bucket.set_window_reserved(static_cast<double>(stats.reserved_for_others));
  bucket.set_outstanding(static_cast<double>(stats.outstanding));
  bucket.set_queued_calls(static_cast<double>(stats.queued));
  bucket.set_refused_calls_total(static_cast<double>(stats.rejected));
  bucket.set_limited_by_self_total(static_cast<double>(stats.limited_by_self));
  bucket.set_limited_by_others_total(
      static_cast<double>(stats.limited_by_others));
}

// Keeps the order of `numbers`, which StatusHistory relies on.
void FillCredentials(const EngineNumbers& numbers,
                     const std::map<std::string, WatchSums>& watched,
                     status::Report& report) {
  for (const EngineNumbers::Credential& credential : numbers.credentials) {
    status::Credential& entry = *report.add_credentials();
    entry.set_name(credential.name);
    FillBucket(credential.reads, *entry.mutable_reads());
    FillBucket(credential.creates, *entry.mutable_creates());
    const auto found = watched.find(credential.name);
    if (found == watched.end()) continue;
    const WatchSums& sums = found->second;
    entry.set_waiters(static_cast<double>(sums.waiters));
    entry.set_predictions(static_cast<double>(sums.predictions));
    entry.set_oldest_state_seconds(absl::ToDoubleSeconds(sums.oldest_state));
    entry.set_polls_fail(sums.upstream_is_down);
  }
}

// The most active first, the sum of the others last.
void SortCredentials(status::Report& report) {
  const auto key = [](const status::Credential& credential) {
    return std::make_tuple(credential.name() == kOtherCredentials,
                           -credential.reads().sent_per_second() -
                               credential.creates().sent_per_second(),
                           -credential.waiters(), credential.name());
  };
  std::sort(report.mutable_credentials()->pointer_begin(),
            report.mutable_credentials()->pointer_end(),
            [&](const auto* a, const auto* b) { return key(*a) < key(*b); });
}

void FillUpstream(const EngineNumbers& numbers, absl::Time now,
                  status::Upstream& upstream) {
  upstream.set_healthy(numbers.upstream_healthy);
  if (numbers.upstream_failure.has_value()) {
    upstream.set_last_failure(numbers.upstream_failure->description());
  }
  if (numbers.upstream_changed_at != absl::InfinitePast()) {
    upstream.set_changed_seconds_ago(
        absl::ToDoubleSeconds(now - numbers.upstream_changed_at));
  }
}

void FillStreams(const OpenStreams& streams, absl::Time now,
                 status::Streams& report) {
  report.set_open(static_cast<double>(streams.stats().open));
  report.set_updates_total(static_cast<double>(streams.stats().updates));
  report.set_conflated_total(static_cast<double>(streams.stats().conflated));
  for (const OpenStream& stream : streams.Slowest(now)) {
    const CallRecord& call = *stream.record;
    status::Stream& slow = *report.add_slowest();
    slow.set_prediction(SanitizeId(call.prediction_id));
    slow.set_credential(call.credential);
    slow.set_age_seconds(absl::ToDoubleSeconds(now - call.started_at));
    slow.set_updates(static_cast<double>(call.updates));
    slow.set_conflated(static_cast<double>(stream.conflated));
    slow.set_write_seconds(std::max(
        0.0,
        absl::ToDoubleSeconds(now - std::min(now, stream.write_started_at))));
  }
}

void FillErrors(const RecentErrors& errors, absl::Time wall_now,
                status::Errors& report) {
  report.set_total(static_cast<double>(errors.total()));
  for (const FailedCall& call : errors.calls()) {
    status::Error& error = *report.add_last();
    *error.mutable_time() =
        google::protobuf::util::TimeUtil::MillisecondsToTimestamp(
            absl::ToUnixMillis(call.time));
    error.set_age_seconds(
        std::max(0.0, absl::ToDoubleSeconds(wall_now - call.time)));
    error.set_method(call.method);
    error.set_code(absl::StatusCodeToString(call.code));
    error.set_reason(call.reason);
    error.set_message(call.message);
    error.set_count(static_cast<double>(call.count));
    error.set_request_id(call.request_id);
    error.set_upstream_request_id(call.upstream_request_id);
    error.set_credential(call.credential);
  }
}

}  // namespace

StatusCollector::StatusCollector(Engine& engine, const CallRecorder& recorder,
                                 EventLoop& event_loop, const Replica* replica)
    : engine_(engine),
      recorder_(recorder),
      event_loop_(event_loop),
      replica_(replica) {
  SampleEachInterval();
}

EngineNumbers StatusCollector::BoundedNumbers() {
  EngineNumbers numbers = engine_.Numbers();
  numbers.credentials = BoundedCredentials(std::move(numbers.credentials));
  return numbers;
}

StatusHistory::CallCounts StatusCollector::CallCounts() const {
  return {{},
          recorder_.errors().total(),
          recorder_.caller_mistakes().total(),
          recorder_.streams().stats().updates};
}

CallSample StatusCollector::NewestCalls(const EngineNumbers& numbers) const {
  return CallSample(event_loop_.Now(), recorder_.stats(), numbers.upstream,
                    ProcessCpuSeconds());
}

void StatusCollector::SampleEachInterval() {
  const EngineNumbers numbers = BoundedNumbers();
  const CredentialNameFn name_of = NameAmong(numbers.credentials);
  StatusHistory::CallCounts calls = CallCounts();
  engine_.ForEachCredential([&](const CredentialWatches& watches) {
    calls.waiters[name_of(watches.table().credential()->display_name())] +=
        watches.table().waiter_count();
  });
  const absl::Time now = event_loop_.Now();
  history_.Add(now, numbers, calls);
  calls_.Add(NewestCalls(numbers));
  timer_ = event_loop_.RunAt(now + StatusHistory::kInterval,
                             [this] { SampleEachInterval(); });
}

std::shared_ptr<const status::Report> StatusCollector::Collect() {
  const absl::Time now = event_loop_.Now();
  if (now - collected_at_ < kReportTtl) return last_;
  const EngineNumbers numbers = BoundedNumbers();
  auto report = std::make_shared<status::Report>();
  const auto watched =
      FillWatches(engine_, now, NameAmong(numbers.credentials), *report);
  FillUpstream(numbers, now, *report->mutable_upstream());
  report->mutable_waits()->set_begun_total(
      static_cast<double>(numbers.watches.waits));
  report->mutable_waits()->set_ended_predictions_total(
      static_cast<double>(numbers.watches.ended));
  FillStreams(recorder_.streams(), now, *report->mutable_streams());
  FillErrors(recorder_.errors(), event_loop_.WallNow(),
             *report->mutable_errors());
  FillErrors(recorder_.caller_mistakes(), event_loop_.WallNow(),
             *report->mutable_caller_mistakes());
  report->mutable_cache()->set_bytes(static_cast<double>(numbers.cache_bytes));
  report->mutable_cache()->set_predictions(
      static_cast<double>(numbers.cache_size));
  report->mutable_webhooks()->set_news_total(
      static_cast<double>(numbers.webhooks.stats.news));
  report->mutable_webhooks()->set_missed_total(
      static_cast<double>(numbers.webhooks.stats.missed));
  report->mutable_webhooks()->set_poll_interval_seconds(
      absl::ToDoubleSeconds(numbers.webhooks.poll_interval));
  FillCredentials(numbers, watched, *report);
  if (replica_ != nullptr) {
    FillCluster(replica_->Numbers(), *report->mutable_cluster());
  }
  history_.Fill(now, numbers, CallCounts(), *report);
  calls_.Fill(NewestCalls(numbers), recorder_.stats().started, *report);
  SortCredentials(*report);
  last_ = std::move(report);
  collected_at_ = now;
  return last_;
}

AdminPages::StatusSource EngineStatus(EventLoop& loop,
                                      StatusCollector& collector,
                                      absl::Duration timeout) {
  return [&loop, &collector,
          timeout]() -> absl::StatusOr<AdminPages::StatusReport> {
    // Shared: the task may run after the timeout.
    const auto report = std::make_shared<AdminPages::StatusReport>();
    if (!RunOnLoopWithin(loop, timeout, [&collector, report] {
          *report = collector.Collect();
        })) {
      return absl::UnavailableError(kLoopUnresponsive);
    }
    return *report;
  };
}

}  // namespace wriftai
