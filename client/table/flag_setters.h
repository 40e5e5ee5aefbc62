#ifndef WRIFTAI_CLIENT_TABLE_FLAG_SETTERS_H_
#define WRIFTAI_CLIENT_TABLE_FLAG_SETTERS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "client/table/flags.h"

// The functions that set one member of Flags. Their errors say what was
// expected; FlagSet adds the flag or the variable. All functions: any thread.

namespace wriftai::client {

inline absl::Status Expected(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("expected ", what));
}

template <auto kMember>
absl::Status SetText(Flags& flags, absl::string_view text) {
  flags.*kMember = std::string(text);
  return absl::OkStatus();
}

template <auto kMember, int64_t kMin, int64_t kMax>
absl::Status SetNumber(Flags& flags, absl::string_view text) {
  int64_t parsed = 0;
  if (!absl::SimpleAtoi(text, &parsed) || parsed < kMin || parsed > kMax) {
    return Expected(absl::StrCat("a whole number from ", kMin, " to ", kMax));
  }
  flags.*kMember = parsed;
  return absl::OkStatus();
}

template <auto kMember, int64_t kMinMs, int64_t kMaxMs>
absl::Status SetDuration(Flags& flags, absl::string_view text) {
  constexpr absl::Duration kMin = absl::Milliseconds(kMinMs);
  constexpr absl::Duration kMax = absl::Milliseconds(kMaxMs);
  absl::Duration parsed;
  if (!absl::ParseDuration(text, &parsed) || parsed < kMin || parsed > kMax) {
    return Expected(absl::StrCat("a duration from ", absl::FormatDuration(kMin),
                                 " to ", absl::FormatDuration(kMax),
                                 ", such as 10s"));
  }
  flags.*kMember = parsed;
  return absl::OkStatus();
}

absl::Status SetServerWait(Flags& flags, absl::string_view text);
absl::Status SetOutput(Flags& flags, absl::string_view text);
absl::Status SetColor(Flags& flags, absl::string_view text);
absl::Status SetPayloadFormat(Flags& flags, absl::string_view text);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_TABLE_FLAG_SETTERS_H_
