#ifndef WRIFTAI_CLIENT_TABLE_COMMAND_TABLE_H_
#define WRIFTAI_CLIENT_TABLE_COMMAND_TABLE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "client/table/flag_table.h"

// The commands, with all that help, completion and the man page say of them.
// All functions: any thread; what they return is constant.

namespace wriftai::client {

struct CommandExample {
  const char* what;
  const char* line;
};

struct CommandSpec {
  const char* name;
  const char* operands;     // As in the usage line; "" for none.
  const char* summary;      // For the list of commands; lower case.
  const char* description;  // Sentences.

  // The operand that is required; null for none.
  const char* required;
  size_t max_operands;
  const char* operand_choices;  // Separated by spaces; null if any text.

  // The values of -o, separated by spaces.
  const char* outputs;

  absl::Span<const CommandExample> examples;

  // Its flags besides those of GeneralFlags().
  std::vector<FlagGroup> (*groups)();
};

absl::Span<const CommandSpec> Commands();

// Null if none has this name.
const CommandSpec* FindCommand(absl::string_view name);

// Of the command, in the order of its help.
std::vector<FlagGroup> GroupsOf(const CommandSpec& command);
std::vector<const FlagSpec*> FlagsOf(const CommandSpec& command);

bool HasFlag(const CommandSpec& command, const FlagSpec& flag);

// The names of the commands that have the flag, such as "create and wait".
std::string CommandsWith(const FlagSpec& flag);

// "create, get, list or wait", of a list that is separated by spaces.
std::string Alternatives(absl::string_view words);

// "create, get, …", of all commands.
std::string CommandNames();

// What an exit status means: the rows of a table.
struct ExitStatus {
  const char* status;
  const char* meaning;
};
absl::Span<const ExitStatus> ExitStatuses();

// Variables that are not flags.
struct Variable {
  const char* name;
  const char* meaning;
};
absl::Span<const Variable> Variables();

// Of a flag's variable: "WRIFTCTL_" and its name in upper case.
inline constexpr char kVariablePrefix[] = "WRIFTCTL_";

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_TABLE_COMMAND_TABLE_H_
