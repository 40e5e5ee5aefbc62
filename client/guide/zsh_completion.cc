#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/guide/completion.h"
#include "client/guide/first_sentence.h"
#include "client/table/command_table.h"

namespace wriftai::client {
namespace {

// Also works as the file _wriftctl in a folder of fpath.
constexpr char kZshTail[] = R"(
if [[ $funcstack[1] == _wriftctl ]]; then
  _wriftctl "$@"
else
  compdef _wriftctl wriftctl
fi
)";

// For single quotes, and for the brackets and colons of _arguments.
std::string ZshQuote(absl::string_view text) {
  return absl::StrReplaceAll(
      text, {{"'", "'\\''"}, {"[", "\\["}, {"]", "\\]"}, {":", "\\:"}});
}

std::string ZshFlag(const FlagSpec& flag) {
  const std::string help = ZshQuote(FirstSentence(flag.help));
  std::string action;
  if (!flag.is_switch()) {
    action = absl::StrCat(
        ":", flag.value, ":", flag.names_file ? "_files" : "",
        flag.choices == nullptr ? "" : absl::StrCat("(", flag.choices, ")"));
  }
  std::string spec =
      absl::StrCat(" \\\n    '--", flag.name, flag.is_switch() ? "" : "=", "[",
                   help, "]", action, "'");
  if (flag.letter != '\0') {
    absl::StrAppendFormat(&spec, " \\\n    '-%c%s[%s]%s'", flag.letter,
                          flag.is_switch() ? "" : "+", help, action);
  }
  return spec;
}

}  // namespace

std::string ZshCompletion() {
  std::string script =
      "#compdef wriftctl\n# Completion of wriftctl for zsh.\n_wriftctl() {\n"
      "  local state line\n  local -a commands=(\n";
  for (const CommandSpec& command : Commands()) {
    absl::StrAppend(&script, "    '", command.name, ":",
                    ZshQuote(command.summary), "'\n");
  }
  script += "  )\n  _arguments -C";
  for (const FlagGroup& group :
       {OutputFlags(), ConnectionFlags(), GeneralFlags()}) {
    for (const FlagSpec& flag : group.flags) script += ZshFlag(flag);
  }
  script +=
      " \\\n    '1:command:->command' '*::argument:->argument'\n"
      "  case $state in\n    command) _describe command commands ;;\n"
      "    argument)\n      case $words[1] in\n";
  for (const CommandSpec& command : Commands()) {
    absl::StrAppend(&script, "  ", command.name, ")\n  _arguments");
    for (const FlagSpec* const flag : FlagsOf(command)) {
      script += ZshFlag(*flag);
    }
    if (command.operand_choices != nullptr) {
      absl::StrAppend(&script, " \\\n    '1:argument:(",
                      command.operand_choices, ")'");
    } else if (command.max_operands > 0) {
      script += " \\\n    '*:argument:'";
    }
    script += "\n  ;;\n";
  }
  script += "      esac\n      ;;\n  esac\n}\n";
  return script + kZshTail;
}

}  // namespace wriftai::client
