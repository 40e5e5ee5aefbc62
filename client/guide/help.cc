#include "client/guide/help.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "client/guide/wrap_words.h"

namespace wriftai::client {
namespace {

constexpr size_t kColumns = 80;
constexpr size_t kFlagColumn = 28;   // Where the help of a flag begins.
constexpr size_t kStatusColumn = 7;  // The same for exit statuses.
constexpr size_t kNameColumn = 20;   // And for commands and variables.

// Appends `text` from the column `indent` on, on as many lines as it takes.
// The last line of `out` already has `used` columns.
void AppendWrapped(absl::string_view text, size_t indent, size_t used,
                   std::string& out) {
  if (used > 0 && used + 2 > indent) {
    out.push_back('\n');
    used = 0;
  }
  for (const std::string& line : WrapWords(text, kColumns - indent)) {
    absl::StrAppend(&out, std::string(indent - used, ' '), line, "\n");
    used = 0;
  }
}

void AppendRow(absl::string_view name, absl::string_view text, size_t column,
               std::string& out) {
  absl::StrAppend(&out, "  ", name);
  AppendWrapped(text, column, 2 + name.size(), out);
}

void AppendFlags(const FlagGroup& group, std::string& out) {
  absl::StrAppend(&out, "\n", group.title, " flags:\n");
  for (const FlagSpec& flag : group.flags) {
    std::string text = flag.help;
    if (!flag.is_switch() && flag.default_text != absl::string_view("none")) {
      absl::StrAppend(&text, " (default: ", flag.default_text, ")");
    }
    AppendRow(absl::StrCat(flag.letter == '\0' ? "    " : "", SyntaxOf(flag)),
              text, kFlagColumn, out);
  }
}

}  // namespace

std::string UsageOf(const CommandSpec& command) {
  return absl::StrCat("wriftctl ", command.name,
                      *command.operands == '\0' ? "" : " ", command.operands,
                      " [flags]");
}

std::string SyntaxOf(const FlagSpec& flag) {
  return absl::StrCat(
      flag.letter == '\0' ? "" : absl::StrFormat("-%c, ", flag.letter), "--",
      flag.name, flag.is_switch() ? "" : " ",
      flag.is_switch() ? "" : flag.value);
}

std::string GeneralHelp() {
  std::string out =
      "Usage: wriftctl COMMAND [flags]\n\n"
      "Calls a WriftAI gateway.\n\nCommands:\n";
  for (const CommandSpec& command : Commands()) {
    const std::string name = absl::StrCat(
        command.name, *command.operands == '\0' ? "" : " ",
        absl::string_view(command.name) == "create" ? "MODEL ..."
                                                    : command.operands);
    AppendRow(name, command.summary, kNameColumn, out);
  }
  out +=
      "\nRun wriftctl help COMMAND for examples and the flags of a command.\n";
  for (const FlagGroup& group :
       {OutputFlags(), ConnectionFlags(), GeneralFlags()}) {
    AppendFlags(group, out);
  }
  out += "\nExit status:\n";
  for (const ExitStatus& row : ExitStatuses()) {
    AppendRow(row.status, row.meaning, kStatusColumn, out);
  }
  out += "\nVariables:\n";
  AppendRow("WRIFTCTL_FLAG",
            "Every flag --some_name is also WRIFTCTL_SOME_NAME; the flag takes "
            "precedence.",
            kNameColumn, out);
  for (const Variable& variable : Variables()) {
    AppendRow(variable.name, variable.meaning, kNameColumn, out);
  }
  return out;
}

std::string HelpOf(const CommandSpec& command) {
  std::string out = absl::StrCat("Usage: ", UsageOf(command), "\n\n");
  AppendWrapped(command.description, 0, 0, out);
  if (!command.examples.empty()) out += "\nExamples:\n";
  for (const CommandExample& example : command.examples) {
    absl::StrAppend(&out, "  # ", example.what, "\n  ", example.line, "\n");
  }
  for (const FlagGroup& group : GroupsOf(command)) AppendFlags(group, out);
  return out;
}

}  // namespace wriftai::client
