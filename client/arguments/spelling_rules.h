#ifndef WRIFTAI_CLIENT_ARGUMENTS_SPELLING_RULES_H_
#define WRIFTAI_CLIENT_ARGUMENTS_SPELLING_RULES_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/table/command_table.h"

// The spellings of arguments. All functions: any thread.

namespace wriftai::client {

// Converts `arguments` to the spelling of FlagSet: "-" in flags' names becomes
// "_", "--no-wait" becomes "--nowait", and "-qo json" becomes "--quiet
// --output json". Values stay unchanged, even those that look like flags.
// INVALID_ARGUMENT: a letter that no flag has, or that requires a value.
absl::StatusOr<std::vector<std::string>> NormalizeSpelling(
    const std::vector<std::string>& arguments);

// The operands among `normal`, the command's name first.
std::vector<std::string> OperandsOf(const std::vector<std::string>& normal);

// The names of the flags among `normal`; of a negated one, the flag's. Unknown
// flags are included.
std::vector<std::string> FlagNamesIn(const std::vector<std::string>& normal);

// INVALID_ARGUMENT: `normal` has a flag that is unknown, or that belongs only
// to other commands.
absl::Status CheckFlagsOf(const CommandSpec& command,
                          const std::vector<std::string>& normal);

// INVALID_ARGUMENT, with the flag of `known` that `name` most likely misspells.
absl::Status UnknownFlag(absl::string_view name,
                         const std::vector<const FlagSpec*>& known);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_ARGUMENTS_SPELLING_RULES_H_
