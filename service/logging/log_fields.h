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

// What a line of the log says beyond a sentence: named fields, as JSON's
// members or as `key=value` (logfmt; a value with anything but plain characters
// in it is quoted as JSON quotes it). Values may hold any bytes: each passes
// SanitizeText() with kMaxValueBytes, so that none can end the line or the
// field, hide a part of it, or make it long.
//
// Threads: one. Owns: the text.
class LogFields {
 public:
  // Longer than any value that was checked; a model with its version has 277.
  static constexpr size_t kMaxValueBytes = 512;
  // Of a sentence: an error's message, with what it quotes.
  static constexpr size_t kMaxMessageBytes = 2048;
  // Of a list; upstream request ids of one call are the longest.
  static constexpr size_t kMaxValues = 16;

  // `message`: what the line is about.
  LogFields(LogFormat format, absl::string_view message);

  // `key`: lower case and underscores.
  void Add(absl::string_view key, absl::string_view value);
  void Add(absl::string_view key, int64_t value);
  void Add(absl::string_view key, absl::Duration value);  // In seconds.
  void Add(absl::string_view key, const std::vector<std::string>& values);

  // The same, unless there is nothing to tell.
  void AddIfAny(absl::string_view key, absl::string_view value) {
    if (!value.empty()) Add(key, value);
  }

  // What a logger of Logging::FieldsLogger() takes.
  const std::string& text() const { return text_; }

 private:
  void AddKey(absl::string_view key);
  void AddText(absl::string_view value);

  const LogFormat format_;
  std::string text_;
};

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_LOGGING_LOG_FIELDS_H_
