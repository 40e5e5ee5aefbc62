#include "service/admin/status_history.h"

#include <algorithm>
#include <set>
#include <utility>

#include "service/admin/quantile.h"

namespace wriftai {
namespace {

template <typename Samples, typename Sample>
void Push(Sample sample, Samples& samples) {
  samples.push_back(std::move(sample));
  // N intervals have N + 1 samples.
  if (samples.size() > StatusHistory::kMaxIntervals + 1) samples.pop_front();
}

int64_t Sent(const BudgetStats& stats) { return stats.calls + stats.polls; }

double Increase(int64_t before, int64_t after) {
  return static_cast<double>(std::max<int64_t>(0, after - before));
}

double PerSecond(int64_t before, int64_t after, absl::Duration elapsed) {
  if (elapsed <= absl::ZeroDuration()) return 0;
  return Increase(before, after) / absl::ToDoubleSeconds(elapsed);
}

void FillHistogram(const DurationHistogram& before,
                   const DurationHistogram& newest,
                   status::Histogram& histogram) {
  for (const double bound : DurationHistogram::kBounds) {
    histogram.add_bounds_seconds(bound);
  }
  for (size_t i = 0; i < newest.counts().size(); ++i) {
    histogram.add_total(static_cast<double>(newest.counts()[i]));
    histogram.add_recent(Increase(before.counts()[i], newest.counts()[i]));
  }
  const auto quantile = [&](double q) {
    return Quantile(histogram.bounds_seconds(), histogram.recent(), q);
  };
  if (const auto p50 = quantile(0.5)) {
    histogram.set_recent_p50_seconds(*p50);
  }
  if (const auto p99 = quantile(0.99)) {
    histogram.set_recent_p99_seconds(*p99);
  }
}

void FillRecent(const BudgetStats& before, const BudgetStats& newest,
                status::Bucket& bucket) {
  bucket.set_refused_calls_recent(Increase(before.rejected, newest.rejected));
  bucket.set_limited_by_self_recent(
      Increase(before.limited_by_self, newest.limited_by_self));
  bucket.set_limited_by_others_recent(
      Increase(before.limited_by_others, newest.limited_by_others));
}

}  // namespace

void StatusHistory::Add(absl::Time now, const EngineNumbers& numbers,
                        const CallCounts& calls) {
  // An unseen credential is new, unless it may have been among the others.
  const bool had_others = credentials_.count(kOtherCredentials) > 0;
  const absl::Time before = samples_.empty() ? now : samples_.back().time;
  std::set<std::string> gone;
  for (const auto& [name, series] : credentials_) gone.insert(name);
  for (const EngineNumbers::Credential& credential : numbers.credentials) {
    Series& series = credentials_[credential.name];
    gone.erase(credential.name);
    if (series.empty() && !had_others && before < now) {
      series.push_back({before, 0, {}, {}});
    }
    const auto waiters = calls.waiters.find(credential.name);
    Push(CredentialSample{now,
                          waiters == calls.waiters.end() ? 0 : waiters->second,
                          credential.reads, credential.creates},
         series);
  }
  for (const std::string& name : gone) credentials_.erase(name);
  int64_t requests = 0;
  for (const EngineNumbers::Credential& credential : numbers.credentials) {
    requests += Sent(credential.reads) + Sent(credential.creates);
  }
  Push(Sample{now, numbers.waiter_count, requests, calls.updates, calls.errors,
              calls.caller_mistakes, numbers.webhooks.stats.missed,
              numbers.watches.staleness, numbers.watches.terminal_delay},
       samples_);
}

void StatusHistory::Fill(absl::Time now, const EngineNumbers& numbers,
                         const CallCounts& calls,
                         status::Report& report) const {
  static const Sample kEmpty;
  const Sample& before = samples_.empty() ? kEmpty : samples_.front();
  FillHistogram(before.staleness, numbers.watches.staleness,
                *report.mutable_staleness());
  FillHistogram(before.terminal_delay, numbers.watches.terminal_delay,
                *report.mutable_terminal_delay());
  report.mutable_errors()->set_recent(Increase(before.errors, calls.errors));
  report.mutable_caller_mistakes()->set_recent(
      Increase(before.caller_mistakes, calls.caller_mistakes));
  report.mutable_webhooks()->set_missed_recent(
      Increase(before.missed_webhooks, numbers.webhooks.stats.missed));
  status::History& history = *report.mutable_history();
  history.set_interval_seconds(absl::ToDoubleSeconds(kInterval));
  for (size_t i = 1; i < samples_.size(); ++i) {
    const Sample& last = samples_[i - 1];
    const Sample& sample = samples_[i];
    history.add_waiters(static_cast<float>(sample.waiters));
    history.add_requests_per_second(static_cast<float>(
        PerSecond(last.requests, sample.requests, sample.time - last.time)));
    history.add_updates_per_second(static_cast<float>(
        PerSecond(last.updates, sample.updates, sample.time - last.time)));
    history.add_errors(
        static_cast<float>(Increase(last.errors, sample.errors)));
  }
  for (int i = 0; i < report.credentials_size(); ++i) {
    FillCredential(now, numbers.credentials[static_cast<size_t>(i)],
                   *report.mutable_credentials(i));
  }
}

void StatusHistory::FillCredential(absl::Time now,
                                   const EngineNumbers::Credential& newest,
                                   status::Credential& credential) const {
  const auto found = credentials_.find(newest.name);
  status::Bucket& reads = *credential.mutable_reads();
  status::Bucket& creates = *credential.mutable_creates();
  if (found == credentials_.end()) {
    // Younger than an interval, so it has sent everything within one.
    reads.set_sent_per_second(PerSecond(0, Sent(newest.reads), kInterval));
    creates.set_sent_per_second(PerSecond(0, Sent(newest.creates), kInterval));
    FillRecent({}, newest.reads, reads);
    FillRecent({}, newest.creates, creates);
    return;
  }
  const Series& series = found->second;
  const CredentialSample& since =
      series[series.size() - std::min(series.size(), kRateIntervals + 1)];
  reads.set_sent_per_second(
      PerSecond(Sent(since.reads), Sent(newest.reads), now - since.time));
  creates.set_sent_per_second(
      PerSecond(Sent(since.creates), Sent(newest.creates), now - since.time));
  FillRecent(series.front().reads, newest.reads, reads);
  FillRecent(series.front().creates, newest.creates, creates);
  status::CredentialHistory& history = *credential.mutable_history();
  for (size_t i = 1; i < series.size(); ++i) {
    const CredentialSample& last = series[i - 1];
    const CredentialSample& sample = series[i];
    const absl::Duration elapsed = sample.time - last.time;
    history.add_waiters(static_cast<float>(sample.waiters));
    history.add_reads_per_second(static_cast<float>(
        PerSecond(Sent(last.reads), Sent(sample.reads), elapsed)));
    history.add_creates_per_second(static_cast<float>(
        PerSecond(Sent(last.creates), Sent(sample.creates), elapsed)));
  }
}

}  // namespace wriftai
