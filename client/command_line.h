#ifndef WRIFTAI_CLIENT_COMMAND_LINE_H_
#define WRIFTAI_CLIENT_COMMAND_LINE_H_

#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "base/flag_set.h"
#include "client/command.h"

namespace wriftai::client {

// Reads the command line (without the program's name), then the files that it
// names; `standard_input` only for `--input @-`. INVALID_ARGUMENT carries one
// line that says what was wrong; it may quote arguments, never a secret.
absl::StatusOr<Invocation> ParseCommandLine(
    const std::vector<std::string>& arguments,
    const FlagSet::Environment& environment, std::istream& standard_input,
    const std::vector<std::string>& variables = {});

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_COMMAND_LINE_H_
