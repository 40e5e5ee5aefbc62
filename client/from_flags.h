#ifndef WRIFTAI_CLIENT_FROM_FLAGS_H_
#define WRIFTAI_CLIENT_FROM_FLAGS_H_

#include <istream>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "base/flag_set.h"
#include "client/command.h"
#include "client/flags.h"

// Converts flags to commands: reads files and checks flags that depend on each
// other. All functions fail with INVALID_ARGUMENT, whose message is one line
// for the user. Any thread.

namespace wriftai::client {

// INVALID_ARGUMENT: "subject: problem"
absl::Status UsageError(absl::string_view subject, absl::string_view problem);

absl::StatusOr<ConnectionOptions> ConnectionFromFlags(
    const Flags& flags, const FlagSet::Environment& environment);

// `name`: one of the six commands. `operand`: its model or id; empty for list
// and health.
absl::StatusOr<Command> CommandFromFlags(absl::string_view name,
                                         const Flags& flags,
                                         std::string operand,
                                         std::istream& standard_input);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_FROM_FLAGS_H_
