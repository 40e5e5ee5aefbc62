#include "service/logging/log_options.h"

#include <utility>

#include "absl/status/status.h"

namespace wriftai {

void AddLogFlags(FlagSet& flags, LogOptions& options) {
  flags.Add(
      "log_format",
      [&options](absl::string_view text) {
        if (text != "text" && text != "json") {
          return absl::InvalidArgumentError("wanted text or json");
        }
        options.format = text == "json" ? LogFormat::kJson : LogFormat::kText;
        return absl::OkStatus();
      },
      "How the log on stderr is written: text, or json, an object a line.",
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
            "wanted debug, info, warning or error");
      },
      "The least that is logged. info: a line for each call when it has ended; "
      "debug: one when it begins, too; warning: of the calls those alone that "
      "the service, its budget or the upstream let down.",
      "info");
}

}  // namespace wriftai
