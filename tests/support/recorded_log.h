#ifndef WRIFTAI_TESTS_SUPPORT_RECORDED_LOG_H_
#define WRIFTAI_TESTS_SUPPORT_RECORDED_LOG_H_

#include <memory>
#include <sstream>
#include <string>

#include "service/logging/logging.h"
#include "spdlog/sinks/ostream_sink.h"
#include "spdlog/spdlog.h"

namespace wriftai {

// A logger of lines with fields, as text, and what it has written.
//
// Threads: the test's.
class RecordedLog {
 public:
  RecordedLog() { logger_->set_formatter(MakeLogFormatter(LogFormat::kText)); }

  const std::shared_ptr<spdlog::logger>& logger() const { return logger_; }

  // Returns and clears the text so far.
  std::string Take() {
    std::string text = text_.str();
    text_.str("");
    return text;
  }

 private:
  std::ostringstream text_;
  const std::shared_ptr<spdlog::logger> logger_ =
      std::make_shared<spdlog::logger>(
          kFieldsLogger,
          std::make_shared<spdlog::sinks::ostream_sink_mt>(text_));
};

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_RECORDED_LOG_H_
