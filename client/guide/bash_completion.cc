#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/guide/completion.h"
#include "client/table/command_table.h"

namespace wriftai::client {
namespace {

// Finds the command, which may follow flags and their values. Bash makes words
// of its own of "=".
constexpr char kBashHead[] = R"(# Completion of wriftctl for bash.
_wriftctl() {
  local current=${COMP_WORDS[COMP_CWORD]}
  local previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command= i
  if [[ $current == '=' ]]; then
    current=
  elif [[ $previous == '=' ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${COMP_WORDS[i]} in
      =) ((++i)) ;;
      $VALUE_FLAGS) [[ ${COMP_WORDS[i + 1]} == '=' ]] || ((++i)) ;;
      -*) ;;
      *)
        command=${COMP_WORDS[i]}
        break
        ;;
    esac
  done
  COMPREPLY=()
)";

// "--output", and "-o" if it has a letter; "--page_size" and "--page-size".
std::vector<std::string> SpellingsOf(const FlagSpec& flag) {
  std::vector<std::string> spellings = {absl::StrCat("--", flag.name)};
  std::string dashed =
      absl::StrCat("--", absl::StrReplaceAll(flag.name, {{"_", "-"}}));
  if (dashed != spellings[0]) spellings.push_back(std::move(dashed));
  if (flag.letter != '\0') {
    spellings.push_back(absl::StrFormat("-%c", flag.letter));
  }
  return spellings;
}

std::string BashPattern(bool (*includes)(const FlagSpec& flag)) {
  std::vector<std::string> spellings;
  for (const FlagSpec* const flag : AllFlags()) {
    if (!includes(*flag)) continue;
    for (std::string& spelling : SpellingsOf(*flag)) {
      spellings.push_back(std::move(spelling));
    }
  }
  return absl::StrJoin(spellings, " | ");
}

std::string BashFlags(const std::vector<const FlagSpec*>& flags) {
  std::vector<std::string> names;
  names.reserve(flags.size());
  for (const FlagSpec* const flag : flags) {
    names.push_back(absl::StrCat("--", flag->name));
  }
  return absl::StrJoin(names, " ");
}

std::string BashReply(absl::string_view words) {
  return absl::StrCat("COMPREPLY=($(compgen -W '", words,
                      "' -- \"$current\"))");
}

}  // namespace

std::string BashCompletion() {
  std::string script = kBashHead;
  const std::string placeholder = "$VALUE_FLAGS";
  script.replace(
      script.find(placeholder), placeholder.size(),
      BashPattern([](const FlagSpec& flag) { return !flag.is_switch(); }));
  script += "  case $previous in\n";
  for (const FlagSpec* const flag : AllFlags()) {
    if (flag->choices == nullptr) continue;
    absl::StrAppend(&script, "    ", absl::StrJoin(SpellingsOf(*flag), " | "),
                    ")\n      ", BashReply(flag->choices),
                    "\n      return\n      ;;\n");
  }
  absl::StrAppend(
      &script, "    ",
      BashPattern([](const FlagSpec& flag) { return flag.names_file; }),
      ")\n      compopt -o filenames\n"
      "      mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
      "      return\n      ;;\n    ",
      BashPattern([](const FlagSpec& flag) {
        return !flag.is_switch() && !flag.names_file && flag.choices == nullptr;
      }),
      ") return ;;\n  esac\n  case $command in\n");
  std::vector<absl::string_view> names;
  for (const CommandSpec& command : Commands()) {
    names.emplace_back(command.name);
    absl::StrAppend(
        &script, "    ", command.name, ")\n      ",
        BashReply(absl::StrCat(command.operand_choices == nullptr
                                   ? ""
                                   : absl::StrCat(command.operand_choices, " "),
                               BashFlags(FlagsOf(command)))),
        "\n      ;;\n");
  }
  absl::StrAppend(
      &script, "    '')\n      ",
      BashReply(absl::StrCat(absl::StrJoin(names, " "), " --help --version")),
      "\n      ;;\n  esac\n}\ncomplete -F _wriftctl wriftctl\n");
  return script;
}

}  // namespace wriftai::client
