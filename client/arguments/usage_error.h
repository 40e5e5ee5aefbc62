#ifndef WRIFTAI_CLIENT_ARGUMENTS_USAGE_ERROR_H_
#define WRIFTAI_CLIENT_ARGUMENTS_USAGE_ERROR_H_

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace wriftai::client {

// INVALID_ARGUMENT: "subject: problem", a line for the user. Any thread.
inline absl::Status UsageError(absl::string_view subject,
                               absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(subject, ": ", problem));
}

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_ARGUMENTS_USAGE_ERROR_H_
