#ifndef WRIFTAI_TESTS_SUPPORT_SILENT_LOGGER_H_
#define WRIFTAI_TESTS_SUPPORT_SILENT_LOGGER_H_

#include <memory>

#include "service/logging/logging.h"
#include "spdlog/sinks/null_sink.h"
#include "spdlog/spdlog.h"

namespace wriftai {

// A logger that discards its lines, for a CallRecorder.
inline std::shared_ptr<spdlog::logger> SilentLogger() {
  return std::make_shared<spdlog::logger>(
      kFieldsLogger, std::make_shared<spdlog::sinks::null_sink_mt>());
}

}  // namespace wriftai

#endif  // WRIFTAI_TESTS_SUPPORT_SILENT_LOGGER_H_
