#ifndef WRIFTAI_SERVICE_LOGGING_LOG_FIELDS_H_
#define WRIFTAI_SERVICE_LOGGING_LOG_FIELDS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "service/logging/log_options.h"

namespace wriftai {

// A structured log line: a message and named fields, as JSON members or as
// `key=value` (logfmt; values with special characters are quoted as in JSON).
// Values may hold any bytes: SanitizeText() keeps a value from ending the line
// or the field, from hiding parts of it, and from exceeding kMaxValueBytes.
//
// Threads: one. Owns: the text.
class LogFields {
 public:
  // Longer than any validated value; a model with its version has 277.
  static constexpr size_t kMaxValueBytes = 512;
  // For a sentence: an error message with its quotes.
  static constexpr size_t kMaxMessageBytes = 2048;
  // For a list; the longest has the upstream request ids of one call.
  static constexpr size_t kMaxValues = 16;

  // `message`: the subject of the line.
  LogFields(LogFormat format, absl::string_view message);

  // `key`: lower case and underscores.
  void Add(absl::string_view key, absl::string_view value);
  void Add(absl::string_view key, int64_t value);
  // In seconds, with six decimals. Not negative.
  void Add(absl::string_view key, absl::Duration value);
  void Add(absl::string_view key, const std::vector<std::string>& values);

  // Adds the field unless `value` is empty.
  void AddIfAny(absl::string_view key, absl::string_view value) {
    if (!value.empty()) Add(key, value);
  }

  // The text for Logging::fields_logger().
  const std::string& text() const { return text_; }

 private:
  void AddKey(absl::string_view key);
  void AddText(absl::string_view value);

  const LogFormat format_;
  std::string text_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_LOGGING_LOG_FIELDS_H_
