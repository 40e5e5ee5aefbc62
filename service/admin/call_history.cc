#include "service/admin/call_history.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "service/admin/quantile.h"
#include "service/admin/status_history.h"

namespace wriftai {
namespace {

int64_t Sum(const CallSample::Method& method) {
  int64_t sum = 0;
  for (const int64_t count : method.outcomes) sum += count;
  return sum;
}

int64_t Sum(const CallSample::Operation& operation) {
  int64_t sum = 0;
  for (const int64_t count : operation.results) sum += count;
  return sum;
}

int64_t EndedCalls(const CallSample& sample) {
  int64_t sum = 0;
  for (const CallSample::Method& method : sample.methods) sum += Sum(method);
  return sum;
}

double Rate(double more, absl::Duration elapsed) {
  return elapsed <= absl::ZeroDuration()
             ? 0
             : more / absl::ToDoubleSeconds(elapsed);
}

// The quantiles of what has been added since `before`.
template <typename Durations, typename Entry>
void FillQuantiles(const Durations& before, const Durations& newest,
                   Entry& entry) {
  std::vector<double> recent;
  for (size_t i = 0; i < newest.counts().size(); ++i) {
    recent.push_back(
        static_cast<double>(newest.counts()[i] - before.counts()[i]));
  }
  if (const auto p50 = Quantile(Durations::kBounds, recent, 0.5)) {
    entry.set_recent_p50_seconds(*p50);
  }
  if (const auto p99 = Quantile(Durations::kBounds, recent, 0.99)) {
    entry.set_recent_p99_seconds(*p99);
  }
}

void FillMethod(const CallSample::Method& first,
                const CallSample::Method& rate_from,
                const CallSample::Method& newest, absl::Duration elapsed,
                status::Method& entry) {
  const auto recent = [&](CallOutcome outcome) {
    const auto i = static_cast<size_t>(outcome);
    return static_cast<double>(newest.outcomes[i] - first.outcomes[i]);
  };
  entry.set_ok_recent(recent(CallOutcome::kOk));
  entry.set_routine_recent(recent(CallOutcome::kRoutine));
  entry.set_caller_mistakes_recent(recent(CallOutcome::kCallerMistake));
  entry.set_failures_recent(recent(CallOutcome::kFailure));
  entry.set_total(static_cast<double>(Sum(newest)));
  entry.set_per_second(
      Rate(static_cast<double>(Sum(newest) - Sum(rate_from)), elapsed));
  FillQuantiles(first.ok_duration, newest.ok_duration, entry);
}

void FillOperation(const CallSample::Operation& first,
                   const CallSample::Operation& rate_from,
                   const CallSample::Operation& newest, absl::Duration elapsed,
                   status::UpstreamOperation& entry) {
  for (size_t i = 0; i < newest.results.size(); ++i) {
    const int64_t count = newest.results[i] - first.results[i];
    if (count == 0) continue;
    status::UpstreamResultCount& result = *entry.add_results();
    result.set_result(UpstreamResult::kNames[i]);
    result.set_recent(static_cast<double>(count));
    result.set_failure(UpstreamResult::FromIndex(i).verdict() ==
                       UpstreamResult::Verdict::kFails);
  }
  std::stable_sort(
      entry.mutable_results()->pointer_begin(),
      entry.mutable_results()->pointer_end(),
      [](const auto* a, const auto* b) { return a->recent() > b->recent(); });
  entry.set_recent(static_cast<double>(Sum(newest) - Sum(first)));
  entry.set_total(static_cast<double>(Sum(newest)));
  entry.set_per_second(
      Rate(static_cast<double>(Sum(newest) - Sum(rate_from)), elapsed));
  FillQuantiles(first.responses, newest.responses, entry);
}

}  // namespace

CallSample::CallSample(absl::Time at, const CallStats& calls,
                       const UpstreamStats& upstream, double cpu)
    : time(at), methods(calls.outcomes.size()), cpu_seconds(cpu) {
  for (size_t i = 0; i < methods.size(); ++i) {
    methods[i].outcomes = calls.outcomes[i];
    const auto ok =
        calls.ended.find({PredictionsService().method(static_cast<int>(i)),
                          absl::StatusCode::kOk});
    if (ok != calls.ended.end()) methods[i].ok_duration = ok->second.duration;
  }
  for (size_t i = 0; i < operations.size(); ++i) {
    const UpstreamStats::Results& results = upstream.operations()[i];
    for (size_t result = 0; result < results.size(); ++result) {
      for (const int64_t count : results[result].counts()) {
        operations[i].results[result] += count;
      }
      if (UpstreamResult::FromIndex(result).is_response()) {
        operations[i].responses.Merge(results[result]);
      }
    }
  }
}

void CallHistory::Add(CallSample sample) {
  samples_.push_back(std::move(sample));
  // N intervals have N + 1 samples.
  if (samples_.size() > StatusHistory::kMaxIntervals + 1) samples_.pop_front();
}

void CallHistory::Fill(const CallSample& newest,
                       const std::map<CallMethod, int64_t>& started,
                       status::Report& report) const {
  const CallSample& first = samples_.empty() ? newest : samples_.front();
  const CallSample& rate_from =
      samples_.empty() ? newest
                       : samples_[samples_.size() -
                                  std::min(samples_.size(),
                                           StatusHistory::kRateIntervals + 1)];
  const absl::Duration elapsed = newest.time - rate_from.time;
  for (size_t i = 0; i < newest.methods.size(); ++i) {
    const CallMethod method = PredictionsService().method(static_cast<int>(i));
    const auto begun = started.find(method);
    if (begun == started.end()) continue;
    status::Method& entry = *report.add_methods();
    entry.set_name(method->name());
    FillMethod(first.methods[i], rate_from.methods[i], newest.methods[i],
               elapsed, entry);
    entry.set_in_progress(
        std::max(0.0, static_cast<double>(begun->second) - entry.total()));
  }
  for (size_t i = 0; i < newest.operations.size(); ++i) {
    if (Sum(newest.operations[i]) == 0) continue;
    status::UpstreamOperation& entry = *report.add_upstream_operations();
    entry.set_name(UpstreamStats::kOperations[i]);
    FillOperation(first.operations[i], rate_from.operations[i],
                  newest.operations[i], elapsed, entry);
  }
  report.mutable_process()->set_cpus(
      Rate(newest.cpu_seconds - rate_from.cpu_seconds, elapsed));
  for (size_t i = 1; i < samples_.size(); ++i) {
    const CallSample& last = samples_[i - 1];
    report.mutable_history()->add_calls_per_second(static_cast<float>(
        Rate(static_cast<double>(EndedCalls(samples_[i]) - EndedCalls(last)),
             samples_[i].time - last.time)));
  }
}

}  // namespace wriftai
