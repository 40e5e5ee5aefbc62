#ifndef WRIFTAI_SERVICE_LOGGING_LOG_OPTIONS_H_
#define WRIFTAI_SERVICE_LOGGING_LOG_OPTIONS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
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

// debug, info, warning or error. INVALID_ARGUMENT for any other name.
absl::StatusOr<spdlog::level::level_enum> LogLevelFrom(absl::string_view name);
std::string LogLevelName(spdlog::level::level_enum level);

// --log_format and --log_level. `options` must outlive the parsing.
void AddLogFlags(FlagSet& flags, LogOptions& options);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_LOGGING_LOG_OPTIONS_H_
