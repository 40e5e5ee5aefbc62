#include "service/telemetry/upstream_health_log.h"

#include <cstdint>

#include "service/logging/log_fields.h"

namespace wriftai {

void UpstreamHealthLog::OnChange(const UpstreamHealth& health) {
  if (!health.healthy()) unhealthy_since_ = health.changed_at();
  const auto suppressed =
      throttle_.Admit("upstream health", health.changed_at());
  if (!suppressed.has_value()) return;
  LogFields line(format_, health.healthy() ? "upstream is healthy again"
                                           : "upstream is unhealthy");
  if (health.healthy()) {
    line.Add("unhealthy_seconds", health.changed_at() - unhealthy_since_);
  } else {
    line.Add("failed_requests", int64_t{UpstreamHealth::kUnhealthyThreshold});
    line.Add("last_failure", health.last_failure()->description());
  }
  if (*suppressed > 0) line.Add("suppressed_lines", *suppressed);
  if (health.healthy()) {
    logger_->info(line.text());
  } else {
    logger_->error(line.text());
  }
}

}  // namespace wriftai
