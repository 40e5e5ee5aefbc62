#ifndef WRIFTAI_SERVICE_LOGGING_LOGGING_H_
#define WRIFTAI_SERVICE_LOGGING_LOGGING_H_

#include <cstdint>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/time/time.h"
#include "base/mutex.h"
#include "service/logging/line_throttle.h"
#include "service/logging/log_options.h"
#include "spdlog/logger.h"

namespace spdlog::details {
class thread_pool;
}  // namespace spdlog::details

namespace wriftai {

// The name of the logger for LogFields::text(). Other loggers take sentences.
inline constexpr char kFieldsLogger[] = "fields";

// Formats every message as exactly one line.
std::unique_ptr<spdlog::formatter> MakeLogFormatter(LogFormat format);

// The program's log: spdlog's default logger, for sentences, and one for
// fields. A separate thread writes to stderr, so logging never blocks on a slow
// reader. While stderr is blocked, up to kMaxQueued lines are queued; after
// that, the oldest lines are dropped and counted.
//
// Threads: constructor and Finish() main, everything else any. Owns: the
// thread. Fails: never; lines may be lost.
class Logging {
 public:
  // Two seconds at 2,000 calls a second, with about half a kilobyte per line.
  static constexpr size_t kMaxQueued = 4096;

  explicit Logging(const LogOptions& options);

  LogFormat format() const { return format_; }
  const std::shared_ptr<spdlog::logger>& fields_logger() const {
    return fields_logger_;
  }

  // The minimum level of both loggers. Any thread.
  spdlog::level::level_enum level() const { return fields_logger_->level(); }

  // Changes it at `now`, and logs the change unless there are too many. Any
  // thread.
  void SetLevel(spdlog::level::level_enum level, absl::Time now) const;

  // The number of dropped lines.
  int64_t dropped() const;

  // Writes the queued lines and ends the thread; nothing may log afterwards.
  // False if stderr is still blocked after `timeout`: the thread then hangs,
  // and so would exit(), so use _Exit().
  bool Finish(absl::Duration timeout);

 private:
  const LogFormat format_;
  std::shared_ptr<spdlog::details::thread_pool> thread_;
  std::shared_ptr<spdlog::logger> fields_logger_;
  std::shared_ptr<spdlog::logger> sentences_logger_;
  mutable Mutex level_mutex_;
  mutable LineThrottle level_lines_ ABSL_GUARDED_BY(level_mutex_);
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_LOGGING_LOGGING_H_
