#include "client/table/flag_setters.h"

namespace wriftai::client {

absl::Status SetServerWait(Flags& flags, absl::string_view text) {
  absl::Duration parsed;
  if (!absl::ParseDuration(text, &parsed) || parsed < absl::Seconds(1) ||
      parsed > absl::Seconds(60) ||
      parsed % absl::Seconds(1) != absl::ZeroDuration()) {
    return Expected("whole seconds from 1s to 60s, such as 10s");
  }
  flags.server_wait = parsed;
  return absl::OkStatus();
}

absl::Status SetOutput(Flags& flags, absl::string_view text) {
  if (text == "text") {
    flags.output = OutputFormat::kText;
  } else if (text == "json") {
    flags.output = OutputFormat::kJson;
  } else if (text == "id") {
    flags.output = OutputFormat::kId;
  } else if (text == "raw") {
    flags.output = OutputFormat::kRaw;
  } else {
    return Expected("text, json, id or raw");
  }
  return absl::OkStatus();
}

absl::Status SetColor(Flags& flags, absl::string_view text) {
  if (text == "auto") {
    flags.color = ColorMode::kAuto;
  } else if (text == "always") {
    flags.color = ColorMode::kAlways;
  } else if (text == "never") {
    flags.color = ColorMode::kNever;
  } else {
    return Expected("auto, always or never");
  }
  return absl::OkStatus();
}

absl::Status SetPayloadFormat(Flags& flags, absl::string_view text) {
  if (text == "json") {
    flags.payload_format = v1::PAYLOAD_FORMAT_JSON;
  } else if (text == "value") {
    flags.payload_format = v1::PAYLOAD_FORMAT_VALUE;
  } else {
    return Expected("json or value");
  }
  return absl::OkStatus();
}

}  // namespace wriftai::client
