#include "service/logging/log_options.h"

#include <utility>

#include "absl/status/status.h"

namespace wriftai {

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
      "Format of the log on stderr: text, or json with one object per line.",
      "text");
  flags.Add(
      "log_level",
      [&options](absl::string_view text) {
        constexpr std::pair<absl::string_view, spdlog::level::level_enum>
            kLevels[] = {{"debug", spdlog::level::debug},
                         {"info", spdlog::level::info},
                         {"warning", spdlog::level::warn},
                         {"error", spdlog::level::err}};
        for (const auto& [name, level] : kLevels) {
          if (text != name) continue;
          options.level = level;
          return absl::OkStatus();
        }
        return absl::InvalidArgumentError(
            "expected debug, info, warning or error");
      },
      "Minimum level to log. info: one line for each completed call. debug: "
      "also one when a call starts, and why each poll was sent or not. "
      "warning: only calls that failed because of the gateway, its budget or "
      "the upstream.",
      "info");
}

}  // namespace wriftai
