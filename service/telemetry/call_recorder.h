#ifndef WRIFTAI_SERVICE_TELEMETRY_CALL_RECORDER_H_
#define WRIFTAI_SERVICE_TELEMETRY_CALL_RECORDER_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "base/credential.h"
#include "base/event_loop.h"
#include "service/logging/line_throttle.h"
#include "service/logging/log_options.h"
#include "service/telemetry/call_record.h"
#include "service/telemetry/call_stats.h"
#include "service/telemetry/open_streams.h"
#include "service/telemetry/recent_errors.h"
#include "service/tracing/tracer.h"
#include "spdlog/logger.h"

namespace wriftai {

// Records calls when they start and end: counts them, logs a line, and keeps
// the open streams and the latest errors for operators.
//
// Threads: loop; the constructor any. `event_loop` must outlive it, and it must
// outlive the calls. Fails: never.
class CallRecorder {
 public:
  // `logger`: see Logging::fields_logger(). Takes lines in `format`. `tracer`
  // must outlive this; null: no traces are recorded.
  CallRecorder(const EventLoop& event_loop,
               std::shared_ptr<spdlog::logger> logger, LogFormat format,
               Tracer* tracer = nullptr);

  // May be null.
  Tracer* tracer() const { return tracer_; }

  void Begin(const CallRecord& record);

  // Only the first call for a record counts. Call it before the status is sent,
  // so a caller that has its response finds it counted.
  void End(const absl::Status& status, CallRecord& record);

  // Records a failed poll, which may not fail any call.
  void OnPollFailed(const Credential& credential, const absl::Status& status);

  const CallStats& stats() const { return stats_; }
  // Failures, by CallOutcome, and failed polls.
  const RecentErrors& errors() const { return errors_; }
  // Apart, so that callers cannot hide a failure.
  const RecentErrors& caller_mistakes() const { return caller_mistakes_; }
  OpenStreams& streams() { return streams_; }
  const OpenStreams& streams() const { return streams_; }

  // Counts a call as open until gRPC has written its status and is done with
  // it. Any thread.
  class OpenCall {
   public:
    explicit OpenCall(CallRecorder& recorder) : open_(&recorder.open_calls_) {
      ++*open_;
    }
    ~OpenCall() { Close(); }
    OpenCall(const OpenCall&) = delete;
    OpenCall& operator=(const OpenCall&) = delete;

    // Earlier than the destructor.
    void Close() {
      if (open_ != nullptr) --*std::exchange(open_, nullptr);
    }

   private:
    std::atomic<int64_t>* open_;
  };

  // The number of open calls. Any thread.
  int64_t open_calls() const { return open_calls_; }

 private:
  const EventLoop& event_loop_;
  const std::shared_ptr<spdlog::logger> logger_;
  const LogFormat format_;
  Tracer* const tracer_;
  LineThrottle throttle_;  // For failed calls.
  CallStats stats_;
  RecentErrors errors_;
  RecentErrors caller_mistakes_;
  OpenStreams streams_;
  std::atomic<int64_t> open_calls_{0};
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TELEMETRY_CALL_RECORDER_H_
