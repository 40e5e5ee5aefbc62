#include "sandbox/fault_json.h"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "sandbox/json.h"

namespace wriftai::sandbox {
namespace {

// Longer than any client waits.
constexpr int64_t kMaxDelayMs = int64_t{3600} * 1000;

// Above every limit that a client may have. The body is streamed.
constexpr int64_t kMaxHugeBytes = int64_t{8} << 30;

absl::Status Expected(absl::string_view description) {
  return absl::InvalidArgumentError(absl::StrCat("expected ", description));
}

absl::Status Set(const JsonValue& value, std::string* text) {
  std::optional<std::string> read = value.AsString();
  if (!read.has_value()) return Expected("a string");
  *text = *std::move(read);
  return absl::OkStatus();
}

absl::Status Set(const JsonValue& value, bool* flag) {
  const std::optional<bool> read = value.AsBool();
  if (!read.has_value()) return Expected("true or false");
  *flag = *read;
  return absl::OkStatus();
}

absl::Status Set(const JsonValue& value, int64_t min, int64_t max,
                 int64_t* number) {
  const std::optional<int64_t> read = value.AsInteger();
  if (!read.has_value() || *read < min || *read > max) {
    return Expected(absl::StrCat("a whole number from ", min, " to ", max));
  }
  *number = *read;
  return absl::OkStatus();
}

absl::Status Set(const JsonValue& value, Headers* headers) {
  if (!value.IsObject()) return Expected("an object of strings");
  for (const auto& [name, text] : value.Members()) {
    std::optional<std::string> read = text.AsString();
    if (!read.has_value()) return Expected("an object of strings");
    headers->emplace_back(name, *std::move(read));
  }
  return absl::OkStatus();
}

absl::Status Set(const JsonValue& value, Fault::RateHeaders* rate_headers) {
  const std::string word = value.AsString().value_or("");
  if (word == "missing") {
    *rate_headers = Fault::RateHeaders::kMissing;
  } else if (word == "zero") {
    *rate_headers = Fault::RateHeaders::kZero;
  } else if (word == "negative") {
    *rate_headers = Fault::RateHeaders::kNegative;
  } else if (word == "absurd") {
    *rate_headers = Fault::RateHeaders::kAbsurd;
  } else {
    return Expected("missing, zero, negative or absurd");
  }
  return absl::OkStatus();
}

absl::Status SetMember(absl::string_view name, const JsonValue& value,
                       Fault* fault) {
  constexpr int64_t kMaxCount = int64_t{1} << 40;
  if (name == "method") return Set(value, &fault->method);
  if (name == "path_prefix") return Set(value, &fault->path_prefix);
  if (name == "path_regex") return Set(value, &fault->path_regex);
  if (name == "after") return Set(value, 0, kMaxCount, &fault->after);
  if (name == "times") return Set(value, 1, kMaxCount, &fault->times.emplace());
  if (name == "status") {
    int64_t status = 0;
    absl::Status read = Set(value, 200, 599, &status);
    fault->status = static_cast<int>(status);
    return read;
  }
  if (name == "headers") return Set(value, &fault->headers);
  if (name == "body") return Set(value, &fault->body);
  if (name == "process") return Set(value, &fault->process);
  if (name == "delay_ms") {
    int64_t delay = 0;
    absl::Status read = Set(value, 0, kMaxDelayMs, &delay);
    fault->delay = absl::Milliseconds(delay);
    return read;
  }
  if (name == "cut_body") return Set(value, &fault->cut_body);
  if (name == "bad_json") return Set(value, &fault->bad_json);
  if (name == "huge_body") {
    return Set(value, 64, kMaxHugeBytes, &fault->huge_body);
  }
  if (name == "close_without_response") {
    return Set(value, &fault->close_without_response);
  }
  if (name == "close_after_processing") {
    return Set(value, &fault->close_after_processing);
  }
  if (name == "rate_headers") return Set(value, &fault->rate_headers);
  return absl::InvalidArgumentError("unknown member; see sandbox/README.md");
}

}  // namespace

absl::StatusOr<std::vector<Fault>> ReadFaults(absl::string_view json) {
  const auto parsed = ParseJson(json);
  if (const auto* const error = std::get_if<JsonError>(&parsed)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "not valid JSON at byte ", error->offset, ": ", error->message));
  }
  const JsonValue& list = std::get<JsonValue>(parsed);
  if (list.kind() != JsonValue::Kind::kArray) {
    return Expected("an array of faults");
  }
  std::vector<Fault> faults;
  for (const JsonValue& item : list.Items()) {
    const std::string location = absl::StrCat("fault ", faults.size());
    if (!item.IsObject()) {
      return absl::InvalidArgumentError(
          absl::StrCat(location, ": expected an object"));
    }
    Fault& fault = faults.emplace_back();
    for (const auto& [name, value] : item.Members()) {
      if (absl::Status status = SetMember(name, value, &fault); !status.ok()) {
        return absl::InvalidArgumentError(
            absl::StrCat(location, ", ", name, ": ", status.message()));
      }
    }
  }
  return faults;
}

}  // namespace wriftai::sandbox
