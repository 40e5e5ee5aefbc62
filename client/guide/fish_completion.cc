#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "client/guide/completion.h"
#include "client/guide/first_sentence.h"
#include "client/table/command_table.h"

namespace wriftai::client {
namespace {

std::string FishQuote(absl::string_view text) {
  return absl::StrCat(
      "'", absl::StrReplaceAll(text, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
}

std::string FishFlag(const FlagSpec& flag, absl::string_view condition) {
  std::string line =
      absl::StrCat("complete -c wriftctl -n ", condition, " -l ", flag.name);
  if (flag.letter != '\0') absl::StrAppendFormat(&line, " -s %c", flag.letter);
  if (flag.names_file) {
    line += " -r -F";
  } else if (!flag.is_switch()) {
    line += " -x";
  }
  if (flag.choices != nullptr) {
    absl::StrAppend(&line, " -a ", FishQuote(flag.choices));
  }
  return absl::StrCat(line, " -d ", FishQuote(FirstSentence(flag.help)), "\n");
}

}  // namespace

std::string FishCompletion() {
  std::vector<absl::string_view> names;
  for (const CommandSpec& command : Commands()) {
    names.emplace_back(command.name);
  }
  const std::string none = FishQuote(absl::StrCat(
      "not __fish_seen_subcommand_from ", absl::StrJoin(names, " ")));
  std::string script =
      "# Completion of wriftctl for fish.\ncomplete -c wriftctl -f\n";
  for (const FlagSpec& flag : GeneralFlags().flags) {
    script += FishFlag(flag, none);
  }
  for (const CommandSpec& command : Commands()) {
    absl::StrAppend(&script, "complete -c wriftctl -n ", none, " -a ",
                    command.name, " -d ", FishQuote(command.summary), "\n");
    const std::string seen =
        FishQuote(absl::StrCat("__fish_seen_subcommand_from ", command.name));
    if (command.operand_choices != nullptr) {
      absl::StrAppend(&script, "complete -c wriftctl -n ", seen, " -a ",
                      FishQuote(command.operand_choices), "\n");
    }
    for (const FlagSpec* const flag : FlagsOf(command)) {
      script += FishFlag(*flag, seen);
    }
  }
  return script;
}

}  // namespace wriftai::client
