#ifndef WRIFTAI_CLIENT_COMMAND_LINE_H_
#define WRIFTAI_CLIENT_COMMAND_LINE_H_

#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/command.h"
#include "upstream/core/flag_set.h"

namespace wriftai {

// Reads the command line (without the program's name), then the files that it
// names; `standard_input` only for `--input @-`. INVALID_ARGUMENT carries one
// line that says what was wrong; it may quote arguments, never a secret.
absl::StatusOr<Invocation> ParseCommandLine(
    const std::vector<std::string>& arguments,
    const FlagSet::Environment& environment, std::istream& standard_input,
    const std::vector<std::string>& variables = {});

}  // namespace wriftai

#endif  // WRIFTAI_CLIENT_COMMAND_LINE_H_
