#include "service/logging/logging.h"

#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/notification.h"
#include "base/sanitize.h"
#include "service/logging/log_fields.h"
#include "spdlog/async.h"
#include "spdlog/pattern_formatter.h"
#include "spdlog/sinks/base_sink.h"
#include "spdlog/spdlog.h"

namespace wriftai {
namespace {

// A sentence may quote a path; the longest has 4,096 bytes.
constexpr size_t kMaxSentenceBytes = 8192;

// Formats the message itself, in place of its flag in the pattern.
class MessageFlag : public spdlog::custom_flag_formatter {
 public:
  static constexpr char kFlag = '*';

  explicit MessageFlag(LogFormat format) : format_(format) {}

  void format(const spdlog::details::log_msg& message, const std::tm&,
              spdlog::memory_buf_t& out) override {
    const absl::string_view text(message.payload.data(),
                                 message.payload.size());
    const absl::string_view logger(message.logger_name.data(),
                                   message.logger_name.size());
    if (logger == kFieldsLogger) {
      out.append(text.begin(), text.end());
    } else if (format_ == LogFormat::kJson) {
      const LogFields fields(format_, text);
      out.append(fields.text().data(),
                 fields.text().data() + fields.text().size());
    } else {
      const std::string line = SanitizeText(text, kMaxSentenceBytes);
      out.append(line.data(), line.data() + line.size());
    }
  }

  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override {
    return std::make_unique<MessageFlag>(format_);
  }

 private:
  const LogFormat format_;
};

// Writes all queued lines to stderr at once and then sleeps briefly: waking the
// thread for every line costs more than the line.
//
// Threads: the thread of `queue`.
class BatchingSink
    : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  // The delay of a line. At 4,000 calls a second, 20 lines are written at once.
  static constexpr std::chrono::milliseconds kBatchDelay{5};

  // The size of one write, and of the buffer.
  static constexpr size_t kMaxBytes = 64 << 10;

  explicit BatchingSink(spdlog::details::thread_pool& queue) : queue_(queue) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    formatter_->format(message, lines_);
    const bool is_last = queue_.queue_size() == 0;
    if (is_last || lines_.size() >= kMaxBytes) flush_();
    if (is_last) std::this_thread::sleep_for(kBatchDelay);
  }

  void flush_() override {
    // There is nowhere to report an error.
    static_cast<void>(std::fwrite(lines_.data(), 1, lines_.size(), stderr));
    lines_.clear();
  }

 private:
  spdlog::details::thread_pool& queue_;
  spdlog::memory_buf_t lines_;
};

}  // namespace

std::unique_ptr<spdlog::formatter> MakeLogFormatter(LogFormat format) {
  auto formatter = std::make_unique<spdlog::pattern_formatter>(
      spdlog::pattern_time_type::utc);
  formatter->add_flag<MessageFlag>(MessageFlag::kFlag, format);
  formatter->set_pattern(
      format == LogFormat::kJson
          ? R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%*})"
          : "%Y-%m-%dT%H:%M:%S.%eZ %l %*");
  return formatter;
}

Logging::Logging(const LogOptions& options)
    : format_(options.format),
      thread_(std::make_shared<spdlog::details::thread_pool>(kMaxQueued, 1)) {
  const auto sink = std::make_shared<BatchingSink>(*thread_);
  sink->set_formatter(MakeLogFormatter(format_));
  const auto make = [&](const char* name) {
    auto logger = std::make_shared<spdlog::async_logger>(
        name, sink, thread_, spdlog::async_overflow_policy::overrun_oldest);
    logger->set_level(options.level);
    return logger;
  };
  fields_logger_ = make(kFieldsLogger);
  sentences_logger_ = make("sentences");
  spdlog::set_default_logger(sentences_logger_);
}

void Logging::SetLevel(spdlog::level::level_enum level, absl::Time now) const {
  const MutexLock lock(level_mutex_);
  const spdlog::level::level_enum before = this->level();
  if (level == before) return;
  const auto omitted = level_lines_.Admit("log level", now);
  // Logged while the more verbose level is in force.
  const auto log = [&] {
    if (!omitted.has_value()) return;
    sentences_logger_->warn(
        "the log level is now {}, after {}{}", LogLevelName(level),
        LogLevelName(before),
        *omitted == 0
            ? ""
            : absl::StrCat("; ", *omitted, " changes before were not logged"));
  };
  if (level > before) log();
  fields_logger_->set_level(level);
  sentences_logger_->set_level(level);
  if (level < before) log();
}

int64_t Logging::dropped() const {
  return static_cast<int64_t>(thread_->overrun_counter());
}

bool Logging::Finish(absl::Duration timeout) {
  // Both loggers share one sink.
  fields_logger_->flush();
  auto written = std::make_shared<absl::Notification>();
  // Ending the pool blocks until its thread has written everything.
  std::thread([thread = std::exchange(thread_, nullptr), written]() mutable {
    thread.reset();
    written->Notify();
  }).detach();
  return written->WaitForNotificationWithTimeout(timeout);
}

}  // namespace wriftai
