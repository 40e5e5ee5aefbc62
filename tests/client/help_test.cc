#include "client/guide/help.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/guide/completion.h"
#include "client/guide/man_page.h"
#include "client/table/command_table.h"

// What is made of the tables of commands and flags.

namespace wriftai::client {
namespace {

using ::testing::HasSubstr;
using ::testing::Le;
using ::testing::SizeIs;
using ::testing::StartsWith;

TEST(CommandTableTest, NamesAndLettersAreUnique) {
  std::set<std::string> names;
  std::set<char> letters;
  for (const FlagSpec* const flag : AllFlags()) {
    EXPECT_TRUE(names.insert(flag->name).second) << flag->name;
    if (flag->letter != '\0') {
      EXPECT_TRUE(letters.insert(flag->letter).second) << flag->letter;
    }
  }
}

TEST(CommandTableTest, HelpAcceptsEachCommand) {
  std::vector<std::string> names;
  for (const CommandSpec& command : Commands())
    names.emplace_back(command.name);
  const std::vector<std::string> accepted =
      absl::StrSplit(FindCommand("help")->operand_choices, ' ');
  EXPECT_EQ(accepted, names);
}

TEST(HelpTest, ShowsEachCommandAndItsFlags) {
  const std::string general = GeneralHelp();
  for (const CommandSpec& command : Commands()) {
    EXPECT_THAT(general, HasSubstr(absl::StrCat("\n  ", command.name)));
    const std::string help = HelpOf(command);
    EXPECT_THAT(help, StartsWith(absl::StrCat("Usage: ", UsageOf(command))));
    for (const FlagSpec* const flag : FlagsOf(command)) {
      EXPECT_THAT(help, HasSubstr(absl::StrCat(SyntaxOf(*flag))));
    }
  }
}

TEST(HelpTest, FitsInto80Columns) {
  std::vector<std::string> texts = {GeneralHelp()};
  for (const CommandSpec& command : Commands()) {
    texts.push_back(HelpOf(command));
  }
  for (const std::string& text : texts) {
    for (const absl::string_view line : absl::StrSplit(text, '\n')) {
      EXPECT_THAT(line, SizeIs(Le(80u))) << line;
    }
  }
}

TEST(HelpTest, AlignsFlagsAndWrapsTheirHelp) {
  EXPECT_THAT(
      HelpOf(*FindCommand("get")),
      HasSubstr(
          "\nOutput flags:\n"
          "  -o, --output FORMAT       What to print: text for people; json, "
          "one message\n"
          "                            per line; id, the ids of predictions; "
          "raw, only the\n"
          "                            model's output. (default: text)\n"
          "      --json                The same as -o json.\n"));
}

TEST(ManPageTest, HasEachCommandFlagAndStatus) {
  // Without the breaks of its lines.
  const std::string page = absl::StrReplaceAll(ManPage(), {{"\n", " "}});
  const auto roff = [](absl::string_view text) {
    return absl::StrReplaceAll(text, {{"-", "\\-"}});
  };
  for (const CommandSpec& command : Commands()) {
    EXPECT_THAT(page,
                HasSubstr(absl::StrCat(" .SS \"", roff(UsageOf(command)), "\" ",
                                       roff(command.description))));
  }
  for (const FlagSpec* const flag : AllFlags()) {
    EXPECT_THAT(page, HasSubstr(absl::StrCat(" .TP \\fB", roff(SyntaxOf(*flag)),
                                             "\\fR ", roff(flag->help))));
  }
  for (const ExitStatus& row : ExitStatuses()) {
    EXPECT_THAT(page, HasSubstr(absl::StrCat("\\fB", row.status, "\\fR ",
                                             roff(row.meaning))));
  }
}

TEST(CompletionTest, EachShellKnowsEachCommandAndFlag) {
  for (const char* const shell : {"bash", "zsh", "fish"}) {
    const std::string script = CompletionScript(shell);
    for (const CommandSpec& command : Commands()) {
      EXPECT_THAT(script, HasSubstr(command.name)) << shell;
    }
    for (const FlagSpec* const flag : AllFlags()) {
      EXPECT_THAT(script, HasSubstr(flag->name)) << shell;
    }
  }
}

}  // namespace
}  // namespace wriftai::client
