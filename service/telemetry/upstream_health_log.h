#ifndef WRIFTAI_SERVICE_TELEMETRY_UPSTREAM_HEALTH_LOG_H_
#define WRIFTAI_SERVICE_TELEMETRY_UPSTREAM_HEALTH_LOG_H_

#include <memory>
#include <utility>

#include "absl/time/time.h"
#include "service/logging/line_throttle.h"
#include "service/logging/log_options.h"
#include "spdlog/logger.h"
#include "upstream/rest/upstream_health.h"

namespace wriftai {

// Writes one line to the log when the upstream becomes unhealthy, with the
// cause, and one when it is healthy again. docs/logs.md describes them.
//
// Threads: loop. Owns: a share of the logger. Fails: never; an upstream that
// fails and recovers all the time has lines omitted.
class UpstreamHealthLog {
 public:
  UpstreamHealthLog(std::shared_ptr<spdlog::logger> logger, LogFormat format)
      : logger_(std::move(logger)), format_(format) {}

  // Call after each change of `health`.
  void OnChange(const UpstreamHealth& health);

 private:
  const std::shared_ptr<spdlog::logger> logger_;
  const LogFormat format_;
  LineThrottle throttle_;
  absl::Time unhealthy_since_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TELEMETRY_UPSTREAM_HEALTH_LOG_H_
