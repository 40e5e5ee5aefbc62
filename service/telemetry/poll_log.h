#ifndef WRIFTAI_SERVICE_TELEMETRY_POLL_LOG_H_
#define WRIFTAI_SERVICE_TELEMETRY_POLL_LOG_H_

#include <memory>
#include <utility>

#include "service/logging/log_fields.h"
#include "service/logging/log_options.h"
#include "spdlog/logger.h"
#include "upstream/watch/poll_trace.h"

namespace wriftai {

// Writes the polls of each prediction to the log, as debug lines: why one was
// sent, or was not. docs/logs.md describes the lines.
//
// Threads: loop. Owns: a share of the logger. Fails: never; lines may be lost.
class PollLog : public PollTrace {
 public:
  PollLog(std::shared_ptr<spdlog::logger> logger, LogFormat format)
      : logger_(std::move(logger)), format_(format) {}

  // Whether anything would be written. If not, do not trace at all.
  bool enabled() const { return logger_->should_log(spdlog::level::debug); }

  void OnPlanned(const Credential& credential, absl::string_view id,
                 PollReason reason, absl::Duration due_in) override;
  void OnBudgetWait(const Credential& credential, const BudgetStats& budget,
                    absl::Duration expected_in) override;
  void OnSent(const Credential& credential, absl::string_view id, PollKind kind,
              absl::Duration late) override;
  void OnResult(const Credential& credential, absl::string_view id,
                PollKind kind, const absl::Status& status) override;
  void OnNotified(const Credential& credential, absl::string_view id,
                  const Snapshot& snapshot, int64_t waiters) override;

 private:
  LogFields Line(absl::string_view message, const Credential& credential) const;
  void Write(const LogFields& line) { logger_->debug(line.text()); }

  const std::shared_ptr<spdlog::logger> logger_;
  const LogFormat format_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_TELEMETRY_POLL_LOG_H_
