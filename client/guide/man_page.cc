#include "client/guide/man_page.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "base/version.h"
#include "client/guide/help.h"
#include "client/guide/wrap_words.h"
#include "client/table/command_table.h"

namespace wriftai::client {
namespace {

// When the text around the tables last changed. A date of the build would make
// each build differ.
constexpr char kDate[] = "2026-11-30";

constexpr char kDescription[] =
    "wriftctl calls a WriftAI gateway, a gRPC service in front of the WriftAI "
    "predictions API. It creates predictions, follows them until they end, "
    "also while the gateway restarts, and prints their output.";

constexpr char kConfiguration[] =
    "Sections of the configuration file are profiles, each for one gateway. A "
    "setting is a flag without its dashes. The section [default] is used "
    "without --profile. Flags and variables take precedence. A relative path "
    "is relative to the file, and ~/ is the home folder. The token of a "
    "profile is sent only to the address of that profile.";

constexpr char kConfigurationExample[] =
    "[default]\n"
    "address = localhost:50051\n"
    "\n"
    "[production]\n"
    "address = gateway.example.com:443\n"
    "tls = true\n"
    "token_file = ~/.config/wriftctl/production.token\n"
    "timeout = 5m\n";

// `text` as it is: no character of it is a request or an escape.
std::string Roff(absl::string_view text) {
  std::string roff = absl::StrReplaceAll(
      text, {{"\\", "\\e"}, {"-", "\\-"}, {"…", "..."}, {"~", "\\(ti"}});
  return absl::StartsWith(roff, ".") || absl::StartsWith(roff, "'")
             ? absl::StrCat("\\&", roff)
             : roff;
}

// On lines of a length that mandoc does not report. Each break becomes a space.
std::string Filled(absl::string_view text) {
  std::vector<std::string> lines = WrapWords(text, 70);
  for (std::string& line : lines) line = Roff(line);
  return absl::StrJoin(lines, "\n");
}

void AppendItem(absl::string_view term, absl::string_view text,
                std::string& out) {
  absl::StrAppend(&out, ".TP\n\\fB", Roff(term), "\\fR\n", Filled(text), "\n");
}

void AppendManFlags(const FlagGroup& group, std::string& out) {
  for (const FlagSpec& flag : group.flags) {
    std::string text = flag.help;
    if (!flag.is_switch()) {
      absl::StrAppend(&text, " Default: ", flag.default_text, ".");
    }
    AppendItem(SyntaxOf(flag), text, out);
  }
}

// Lines that are not filled.
void AppendBlock(absl::string_view text, std::string& out) {
  absl::StrAppend(&out, ".PP\n.RS 4\n.nf\n", Roff(text), "\n.fi\n.RE\n");
}

bool IsShared(absl::string_view title) {
  return title == OutputFlags().title || title == ConnectionFlags().title ||
         title == GeneralFlags().title;
}

void AppendCommand(const CommandSpec& command, std::string& out) {
  absl::StrAppend(&out, ".SS \"", Roff(UsageOf(command)), "\"\n",
                  Filled(command.description), "\n");
  for (const FlagGroup& group : GroupsOf(command)) {
    if (!IsShared(group.title)) AppendManFlags(group, out);
  }
  for (const CommandExample& example : command.examples) {
    absl::StrAppend(&out, ".PP\n", Roff(example.what), ":\n");
    AppendBlock(example.line, out);
  }
}

}  // namespace

std::string ManPage() {
  std::string out = absl::StrFormat(
      ".\\\" Made by wriftctl_man from the tables that --help prints.\n"
      ".TH WRIFTCTL 1 \"%s\" \"wriftai-gateway %s\" \"User Commands\"\n"
      ".SH NAME\nwriftctl \\- call a WriftAI gateway\n"
      ".SH SYNOPSIS\n\\fBwriftctl\\fR \\fICOMMAND\\fR [flags]\n"
      ".SH DESCRIPTION\n%s\n.SH COMMANDS\n",
      kDate, Version(), Filled(kDescription));
  for (const CommandSpec& command : Commands()) AppendCommand(command, out);
  for (const FlagGroup& group :
       {OutputFlags(), ConnectionFlags(), GeneralFlags()}) {
    absl::StrAppend(&out, ".SH \"", absl::AsciiStrToUpper(group.title),
                    " FLAGS\"\n");
    AppendManFlags(group, out);
  }
  absl::StrAppend(&out, ".SH CONFIGURATION\n", Filled(kConfiguration), "\n");
  AppendBlock(kConfigurationExample, out);
  out += ".SH ENVIRONMENT\n";
  AppendItem("WRIFTCTL_SOME_NAME",
             "Any flag --some_name. The flag takes precedence.", out);
  for (const Variable& variable : Variables()) {
    AppendItem(variable.name, variable.meaning, out);
  }
  out += ".SH \"EXIT STATUS\"\n";
  for (const ExitStatus& row : ExitStatuses()) {
    AppendItem(row.status, row.meaning, out);
  }
  return out;
}

}  // namespace wriftai::client
