#include "service/operator/operator_pages.h"

#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "prometheus/text_serializer.h"
#include "service/calls/call_recorder.h"
#include "service/logging/logging.h"
#include "service/operator/call_metrics.h"
#include "service/operator/metrics.h"
#include "upstream/core/run_on_loop.h"

namespace wriftai {
namespace {

constexpr char kNoAnswer[] = "the loop does not answer";

// Prometheus' text format.
constexpr char kMetricsType[] = "text/plain; version=0.0.4; charset=utf-8";

OperatorServer::Reply Unavailable(absl::string_view why) {
  return {503, absl::StrCat(why, "\n")};
}

// What `count` finds on the loop, told by `tell`: not on the loop, which has
// better things to do than to sort and print.
template <typename Count, typename Tell>
OperatorPages::Source FromLoop(Scheduler& loop, absl::Duration patience,
                               Count count, Tell tell) {
  return [&loop, patience, count,
          tell]() -> absl::StatusOr<std::vector<prometheus::MetricFamily>> {
    // Shared, as the task may come after its time.
    const auto numbers = std::make_shared<decltype(count())>();
    if (!RunOnLoopWithin(loop, patience,
                         [count, numbers] { *numbers = count(); })) {
      return absl::UnavailableError(kNoAnswer);
    }
    return tell(*numbers);
  };
}

}  // namespace

bool LoopProbe::Answers(absl::Duration patience) {
  std::shared_ptr<absl::Notification> asked;
  {
    MutexLock lock(mutex_);
    if (asked_ == nullptr || asked_->HasBeenNotified()) {
      asked_ = std::make_shared<absl::Notification>();
      loop_.Post([asked = asked_] { asked->Notify(); });
    }
    asked = asked_;
  }
  return asked->WaitForNotificationWithTimeout(patience);
}

OperatorPages::OperatorPages(Scheduler& loop, std::vector<Source> sources,
                             absl::Duration patience)
    : sources_(std::move(sources)), patience_(patience), probe_(loop) {}

OperatorServer::Pages OperatorPages::pages() {
  return {{"/healthz", [this] { return Health(); }},
          {"/readyz", [this] { return Readiness(); }},
          {"/metrics", [this] { return Metrics(); }}};
}

OperatorServer::Reply OperatorPages::Health() {
  if (!probe_.Answers(patience_)) return Unavailable(kNoAnswer);
  return {200, "ok\n"};
}

OperatorServer::Reply OperatorPages::Readiness() {
  switch (phase_) {
    case Phase::kStarting:
      return Unavailable("starting");
    case Phase::kDraining:
      return Unavailable("draining");
    case Phase::kServing:
      break;
  }
  return Health();
}

OperatorServer::Reply OperatorPages::Metrics() {
  // First, so that a loop that hangs is asked once and not for each source.
  if (!probe_.Answers(patience_)) return Unavailable(kNoAnswer);
  std::vector<prometheus::MetricFamily> families;
  for (const Source& source : sources_) {
    auto some = source();
    if (!some.ok()) return Unavailable(some.status().message());
    std::move(some->begin(), some->end(), std::back_inserter(families));
  }
  return {200, prometheus::TextSerializer().Serialize(families), kMetricsType};
}

OperatorPages::Source EngineMetrics(Scheduler& loop, Engine& engine,
                                    absl::Duration patience) {
  return FromLoop(
      loop, patience, [&engine] { return NumbersOf(engine); }, MetricFamilies);
}

OperatorPages::Source CallMetrics(Scheduler& loop, const CallRecorder& recorder,
                                  const Logging& logging,
                                  absl::Duration patience) {
  return FromLoop(
      loop, patience, [&recorder] { return recorder.stats(); },
      [&logging](const CallStats& stats) {
        return CallMetricFamilies(stats, logging.dropped());
      });
}

}  // namespace wriftai
