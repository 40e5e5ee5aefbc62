#ifndef WRIFTAI_TESTS_SUPPORT_RECENT_LOG_H_
#define WRIFTAI_TESTS_SUPPORT_RECENT_LOG_H_

#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_join.h"
#include "spdlog/sinks/ringbuffer_sink.h"
#include "spdlog/spdlog.h"

namespace wriftai {

// The last lines of the process's log, while this exists. Must outlive whatever
// logs.
//
// Threads: any.
class RecentLog {
 public:
  RecentLog() {
    auto logger = std::make_shared<spdlog::logger>("", sink_);
    logger->set_pattern("%l %v");
    spdlog::set_default_logger(std::move(logger));
  }
  ~RecentLog() { spdlog::set_default_logger(before_); }
  RecentLog(const RecentLog&) = delete;
  RecentLog& operator=(const RecentLog&) = delete;

  // Each line with its level.
  std::string text() const {
    return absl::StrJoin(sink_->last_formatted(), "");
  }

 private:
  static constexpr size_t kMaxLines = 100;

  const std::shared_ptr<spdlog::logger> before_ = spdlog::default_logger();
  const std::shared_ptr<spdlog::sinks::ringbuffer_sink_mt> sink_ =
      std::make_shared<spdlog::sinks::ringbuffer_sink_mt>(kMaxLines);
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_RECENT_LOG_H_
