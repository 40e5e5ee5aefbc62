#include "service/admin/admin_pages.h"

#include <iterator>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/process_numbers.h"
#include "base/run_on_loop.h"
#include "base/version.h"
#include "google/protobuf/util/time_util.h"
#include "prometheus/text_serializer.h"
#include "service/admin/call_metrics.h"
#include "service/admin/log_level_page.h"
#include "service/admin/metrics.h"
#include "service/admin/replica_metrics.h"
#include "service/admin/settings_page.h"
#include "service/admin/status_findings.h"
#include "service/admin/status_page.h"
#include "service/admin/status_process.h"
#include "service/admin/upstream_metrics.h"
#include "service/engine/engine.h"
#include "service/logging/logging.h"
#include "service/replica/replica.h"
#include "service/telemetry/call_recorder.h"
#include "upstream/http/curl_event_loop.h"

namespace wriftai {
namespace {

// Prometheus' text format.
constexpr char kMetricsType[] = "text/plain; version=0.0.4; charset=utf-8";

AdminServer::Response Unavailable(absl::string_view why) {
  return {503, absl::StrCat(why, "\n")};
}

constexpr char kNoSniffing[] = "x-content-type-options: nosniff\r\n";

enum class Format { kHtml, kJson };

// nullopt: unknown format. Other parameters are ignored.
std::optional<Format> FormatFrom(absl::string_view query) {
  Format format = Format::kHtml;
  for (absl::string_view parameter : absl::StrSplit(query, '&')) {
    if (!absl::ConsumePrefix(&parameter, "format=")) continue;
    if (parameter != "html" && parameter != "json") return std::nullopt;
    format = parameter == "json" ? Format::kJson : Format::kHtml;
  }
  return format;
}

const char* PhaseName(AdminPages::Phase phase) {
  switch (phase) {
    case AdminPages::Phase::kStarting:
      return "starting";
    case AdminPages::Phase::kServing:
      return "serving";
    case AdminPages::Phase::kDraining:
      return "draining";
  }
  return "";
}

void SetTime(absl::Time time, google::protobuf::Timestamp& timestamp) {
  timestamp = google::protobuf::util::TimeUtil::MillisecondsToTimestamp(
      absl::ToUnixMillis(time));
}

// Runs `collect` on the loop and `convert` on the calling thread, to keep
// sorting and formatting off the loop.
template <typename Collect, typename Convert>
AdminPages::Source FromLoop(EventLoop& loop, absl::Duration timeout,
                            Collect collect, Convert convert) {
  return [&loop, timeout, collect,
          convert]() -> absl::StatusOr<std::vector<prometheus::MetricFamily>> {
    // Shared: the task may run after the timeout.
    const auto numbers = std::make_shared<decltype(collect())>();
    if (!RunOnLoopWithin(loop, timeout,
                         [collect, numbers] { *numbers = collect(); })) {
      return absl::UnavailableError(kLoopUnresponsive);
    }
    return convert(*numbers);
  };
}

}  // namespace

bool LoopWatchdog::IsResponsive(absl::Duration timeout) {
  std::shared_ptr<absl::Notification> pending;
  {
    MutexLock lock(mutex_);
    if (pending_ == nullptr || pending_->HasBeenNotified()) {
      pending_ = std::make_shared<absl::Notification>();
      loop_.Post([pending = pending_] { pending->Notify(); });
    }
    pending = pending_;
  }
  return pending->WaitForNotificationWithTimeout(timeout);
}

AdminPages::AdminPages(EventLoop& loop, std::vector<Source> sources,
                       Options options)
    : loop_(loop),
      started_at_(loop.Now()),
      wall_started_at_(loop.WallNow()),
      sources_(std::move(sources)),
      options_(std::move(options)),
      watchdog_(loop) {}

AdminServer::Pages AdminPages::pages() {
  AdminServer::Pages pages = {
      {"/healthz", [this](absl::string_view) { return Health(); }},
      {"/readyz", [this](absl::string_view) { return Readiness(); }},
      {"/metrics", [this](absl::string_view) { return Metrics(); }}};
  if (options_.logging != nullptr) {
    pages["/configz"] = [this](absl::string_view) { return Settings(); };
    const LogLevelPage level(*options_.logging, loop_, options_.on_log_level);
    pages["/log_level"] = [level](absl::string_view) { return level.Get(); };
    pages["PUT /log_level"] = [level](absl::string_view query) {
      return level.Put(query);
    };
  }
  if (options_.status) {
    pages["/statusz"] = [this](absl::string_view query) {
      return Status(query);
    };
  }
  return pages;
}

AdminServer::Response AdminPages::Health() {
  if (!watchdog_.IsResponsive(options_.loop_timeout)) {
    return Unavailable(kLoopUnresponsive);
  }
  if (absl::Status port = options_.port_check(); !port.ok()) {
    return Unavailable(port.message());
  }
  return {200, "ok\n"};
}

AdminServer::Response AdminPages::Readiness() {
  switch (phase_) {
    case Phase::kStarting:
      return Unavailable("starting");
    case Phase::kDraining:
      return Unavailable("draining");
    case Phase::kServing:
      break;
  }
  if (absl::Status ready = options_.ready_check(); !ready.ok()) {
    return Unavailable(ready.message());
  }
  return Health();
}

AdminServer::Response AdminPages::Metrics() {
  // Checked first: a stalled loop costs one timeout instead of one per source.
  if (!watchdog_.IsResponsive(options_.loop_timeout)) {
    return Unavailable(kLoopUnresponsive);
  }
  std::vector<prometheus::MetricFamily> families;
  for (const Source& source : sources_) {
    auto some = source();
    if (!some.ok()) return Unavailable(some.status().message());
    std::move(some->begin(), some->end(), std::back_inserter(families));
  }
  return {200, prometheus::TextSerializer().Serialize(families), kMetricsType};
}

AdminServer::Response AdminPages::Settings() const {
  std::vector<Setting> settings = options_.settings;
  const std::string level = LogLevelName(options_.logging->level());
  for (Setting& setting : settings) {
    if (setting.name != "--log_level" || setting.value == level) continue;
    setting.value = level;
    setting.is_default = level == setting.default_value;
    setting.source = "PUT /log_level";
  }
  return {200, SettingsPage(settings)};
}

AdminServer::Response AdminPages::Status(absl::string_view query) {
  const auto format = FormatFrom(query);
  if (!format.has_value()) {
    return {400, "format: expected html or json\n"};
  }
  const absl::Time began_at = loop_.Now();
  if (!watchdog_.IsResponsive(options_.loop_timeout)) {
    return Unavailable(kLoopUnresponsive);
  }
  const absl::Time now = loop_.Now();
  const auto collected = options_.status();
  if (!collected.ok()) return Unavailable(collected.status().message());
  status::Report report = **collected;
  report.set_version(std::string(Version()));
  report.set_commit(std::string(Commit()));
  SetTime(wall_started_at_, *report.mutable_started_at());
  SetTime(loop_.WallNow(), *report.mutable_observed_at());
  report.set_uptime_seconds(absl::ToDoubleSeconds(now - started_at_));
  report.set_loop_delay_seconds(absl::ToDoubleSeconds(now - began_at));
  report.set_phase(PhaseName(phase_));
  report.set_grpc_port_failure(std::string(options_.port_check().message()));
  FillProcess(ReadProcessNumbers(), *report.mutable_process());
  AddFindings(report);
  if (*format == Format::kJson) {
    return {200, StatusPageJson(report), "application/json", kNoSniffing};
  }
  return {200, StatusPageHtml(report), "text/html; charset=utf-8",
          absl::StrCat("content-security-policy: ", StatusPagePolicy(),
                       "\r\nreferrer-policy: no-referrer\r\n", kNoSniffing)};
}

AdminPages::Source EngineMetrics(EventLoop& loop, Engine& engine,
                                 absl::Duration timeout) {
  return FromLoop(
      loop, timeout, [&engine] { return engine.Numbers(); }, MetricFamilies);
}

AdminPages::Source CallMetrics(EventLoop& loop, const CallRecorder& recorder,
                               const Logging& logging, absl::Duration timeout) {
  return FromLoop(
      loop, timeout,
      [&recorder] {
        return std::make_pair(recorder.stats(), recorder.streams().stats());
      },
      [&logging](const std::pair<CallStats, StreamStats>& stats) {
        return CallMetricFamilies(stats.first, stats.second, logging.dropped());
      });
}

AdminPages::Source UpstreamConnectionMetrics(CurlEventLoop& transport,
                                             absl::Duration timeout) {
  return FromLoop(
      transport, timeout, [&transport] { return transport.connection_stats(); },
      UpstreamConnectionFamilies);
}

AdminPages::Source ReplicaMetrics(EventLoop& loop, const Replica* replica,
                                  absl::Duration timeout) {
  return FromLoop(
      loop, timeout,
      [replica] {
        return replica == nullptr ? ReplicaNumbers() : replica->Numbers();
      },
      ReplicaMetricFamilies);
}

}  // namespace wriftai
