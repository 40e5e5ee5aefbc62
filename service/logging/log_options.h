#ifndef WRIFTAI_SERVICE_LOGGING_LOG_OPTIONS_H_
#define WRIFTAI_SERVICE_LOGGING_LOG_OPTIONS_H_

#include "base/flag_set.h"
#include "spdlog/common.h"

namespace wriftai {

enum class LogFormat {
  kText,  // For people: time, level, message, key=value.
  kJson,  // For machines: one object per line.
};

// What to log, and in which format. A value.
struct LogOptions {
  LogFormat format = LogFormat::kText;
  spdlog::level::level_enum level = spdlog::level::info;
};

// --log_format and --log_level. `options` must outlive the parsing.
void AddLogFlags(FlagSet& flags, LogOptions& options);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_LOGGING_LOG_OPTIONS_H_
