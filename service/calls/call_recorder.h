#ifndef WRIFTAI_SERVICE_CALLS_CALL_RECORDER_H_
#define WRIFTAI_SERVICE_CALLS_CALL_RECORDER_H_

#include <memory>

#include "absl/status/status.h"
#include "service/calls/call_record.h"
#include "service/calls/call_stats.h"
#include "service/calls/recent_errors.h"
#include "service/logging/log_options.h"
#include "spdlog/logger.h"
#include "upstream/core/scheduler.h"

namespace wriftai {

// Where calls are told of when they begin and when they end: counts them, logs
// a line, and keeps the errors for the operators.
//
// Threads: loop, the constructor any. `scheduler` and `errors` must outlive the
// calls. Fails: never.
class CallRecorder {
 public:
  // `logger`: as Logging::fields_logger(), for lines in `format`.
  CallRecorder(const Scheduler& scheduler, RecentErrors& errors,
               std::shared_ptr<spdlog::logger> logger, LogFormat format);

  void Begin(const CallRecord& record);

  // Only the first for a record counts. Before the status goes to the caller,
  // so that whoever has an answer finds it counted.
  void End(const absl::Status& status, CallRecord& record);

  const CallStats& stats() const { return stats_; }

 private:
  const Scheduler& scheduler_;
  RecentErrors& errors_;
  const std::shared_ptr<spdlog::logger> logger_;
  const LogFormat format_;
  CallStats stats_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CALLS_CALL_RECORDER_H_
