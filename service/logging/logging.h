#ifndef WRIFTAI_SERVICE_LOGGING_LOGGING_H_
#define WRIFTAI_SERVICE_LOGGING_LOGGING_H_

#include <cstdint>
#include <memory>

#include "absl/time/time.h"
#include "service/logging/log_options.h"
#include "spdlog/logger.h"

namespace spdlog::details {
class thread_pool;
}  // namespace spdlog::details

namespace wriftai {

// A logger that takes the text of LogFields; any other takes sentences.
inline constexpr char kFieldsLogger[] = "fields";

// How a line looks: one line for each message, whatever is in it.
std::unique_ptr<spdlog::formatter> MakeLogFormatter(LogFormat format);

// The program's log: spdlog's default logger, for sentences, and one for
// fields. A thread of its own writes to stderr, so that whoever logs waits for
// nobody who reads: when stderr takes nothing, kMaxQueued lines are kept, and
// then the oldest are given up for the newest and counted.
//
// Threads: constructor and Finish() main, all else any. Owns: the thread.
// Fails: never; lines may be lost.
class Logging {
 public:
  // Two seconds of 2,000 calls, of which each line takes about half a kilobyte.
  static constexpr size_t kMaxQueued = 4096;

  explicit Logging(const LogOptions& options);

  LogFormat format() const { return format_; }
  const std::shared_ptr<spdlog::logger>& fields_logger() const {
    return fields_logger_;
  }

  // Lines that were given up.
  int64_t dropped() const;

  // Writes what is queued and ends the thread; nothing may log any more. False
  // when stderr does not take it within `patience`: the thread then hangs on
  // it, and so would exit(); leave with _Exit().
  bool Finish(absl::Duration patience);

 private:
  const LogFormat format_;
  std::shared_ptr<spdlog::details::thread_pool> thread_;
  std::shared_ptr<spdlog::logger> fields_logger_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_LOGGING_LOGGING_H_
