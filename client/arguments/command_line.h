#ifndef WRIFTAI_CLIENT_ARGUMENTS_COMMAND_LINE_H_
#define WRIFTAI_CLIENT_ARGUMENTS_COMMAND_LINE_H_

#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/flag_set.h"
#include "client/command.h"

namespace wriftai::client {

// Parses the command line (without the program's name), and reads the
// configuration and the files it names. Reads `standard_input` only for `-` and
// `@-`. INVALID_ARGUMENT has a one-line message. The message may quote
// arguments, but never a secret.
absl::StatusOr<Invocation> ParseCommandLine(
    const std::vector<std::string>& arguments,
    const FlagSet::Environment& environment, std::istream& standard_input,
    const std::vector<std::string>& variables = {});

// Whether errors are printed as JSON, also those of an invalid command line.
// Any thread.
bool WantsJson(const std::vector<std::string>& arguments,
               const FlagSet::Environment& environment);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_ARGUMENTS_COMMAND_LINE_H_
