#include "service/logging/log_options.h"

#include <utility>

#include "absl/status/status.h"

namespace wriftai {
namespace {

constexpr std::pair<absl::string_view, spdlog::level::level_enum> kLevels[] = {
    {"debug", spdlog::level::debug},
    {"info", spdlog::level::info},
    {"warning", spdlog::level::warn},
    {"error", spdlog::level::err}};

}  // namespace

absl::StatusOr<spdlog::level::level_enum> LogLevelFrom(absl::string_view name) {
  for (const auto& [known, level] : kLevels) {
    if (name == known) return level;
  }
  return absl::InvalidArgumentError("expected debug, info, warning or error");
}

std::string LogLevelName(spdlog::level::level_enum level) {
  for (const auto& [name, known] : kLevels) {
    if (level == known) return std::string(name);
  }
  return "";
}

void AddLogFlags(FlagSet& flags, LogOptions& options) {
  flags.Add(
      "log_format",
      [&options](absl::string_view text) {
        if (text != "text" && text != "json") {
          return absl::InvalidArgumentError("expected text or json");
        }
        options.format = text == "json" ? LogFormat::kJson : LogFormat::kText;
        return absl::OkStatus();
      },
      [&options] {
        return options.format == LogFormat::kJson ? "json" : "text";
      },
      "Format of the log on stderr: text, or json with one object per line.",
      "text");
  flags.Add(
      "log_level",
      [&options](absl::string_view text) {
        const auto level = LogLevelFrom(text);
        if (level.ok()) options.level = *level;
        return level.status();
      },
      [&options] { return LogLevelName(options.level); },
      "Minimum level to log. info: one line for each completed call. debug: "
      "also one when a call starts, and why each poll was sent or not. "
      "warning: only calls that failed because of the gateway, its budget or "
      "the upstream. PUT /log_level on --http_address changes it.",
      "info");
}

}  // namespace wriftai
