#include "client/table/command_table.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace wriftai::client {
namespace {

constexpr size_t kAnyNumber = std::numeric_limits<size_t>::max();

constexpr CommandExample kCreateExamples[] = {
    {"Create a prediction and print its output",
     "wriftctl create wriftai/echo prompt=Hello --wait -o raw"},
    {"Numbers and other JSON take :=, files take @",
     "wriftctl create owner/model prompt=@prompt.txt steps:=20 "
     "mask:=@mask.json"},
    {"Any JSON as the input, here from standard input",
     "wriftctl create owner/model --input - <input.json"},
};
constexpr CommandExample kGetExamples[] = {
    {"Save the output; the file is replaced as a whole",
     "wriftctl get ID -o raw -O output.bin"},
};
constexpr CommandExample kListExamples[] = {
    {"The ids of the newest 100 predictions",
     "wriftctl list --limit 100 -o id"},
};
constexpr CommandExample kWaitExamples[] = {
    {"Wait at most 5 minutes", "wriftctl wait ID --timeout 5m"},
};
constexpr CommandExample kCancelExamples[] = {
    {"Cancel, and see it take effect",
     "wriftctl cancel ID && wriftctl wait ID"},
};
constexpr CommandExample kHealthExamples[] = {
    {"Wait until the gateway has started",
     "wriftctl health --retry_for 30s -q"},
};
constexpr CommandExample kCompletionExamples[] = {
    {"bash, for this shell", "source <(wriftctl completion bash)"},
    {"zsh, in ~/.zshrc after compinit", "source <(wriftctl completion zsh)"},
    {"fish",
     "wriftctl completion fish >~/.config/fish/completions/wriftctl.fish"},
};

constexpr CommandSpec kCommands[] = {
    {"create", "MODEL [KEY=VALUE...]",
     "start a prediction; --wait for it to end",
     "Starts a prediction. MODEL is owner/name or owner/name:version. The "
     "input "
     "is an object of the KEY=VALUE, or any JSON with --input. KEY=TEXT is a "
     "string, KEY=@FILE the text of a file, KEY:=JSON any JSON, and "
     "KEY:=@FILE the JSON of a file. The file - is standard input.",
     "MODEL", kAnyNumber, nullptr, "text json id raw", kCreateExamples,
     [] {
       return std::vector<FlagGroup>{CreateFlags(), WaitFlags(), PayloadFlags(),
                                     OutputFlags(), ConnectionFlags()};
     }},
    {"get", "ID", "show a prediction", "Shows a prediction.", "ID", 1, nullptr,
     "text json id raw", kGetExamples,
     [] {
       return std::vector<FlagGroup>{PayloadFlags(), OutputFlags(),
                                     ConnectionFlags()};
     }},
    {"list", "", "list predictions, newest first",
     "Lists predictions, newest first.", nullptr, 0, nullptr, "text json id",
     kListExamples,
     [] {
       return std::vector<FlagGroup>{ListFlags(), OutputFlags(),
                                     ConnectionFlags()};
     }},
    {"wait", "ID", "follow a prediction until it ends",
     "Follows a prediction until it ends, also while the gateway restarts. "
     "Interrupting the command does not cancel the prediction.",
     "ID", 1, nullptr, "text json id raw", kWaitExamples,
     [] {
       return std::vector<FlagGroup>{WaitFlags(), PayloadFlags(), OutputFlags(),
                                     ConnectionFlags()};
     }},
    {"cancel", "ID", "request cancellation of a prediction",
     "Requests cancellation of a prediction. Returns before the prediction "
     "ends.",
     "ID", 1, nullptr, "text json id", kCancelExamples,
     [] {
       return std::vector<FlagGroup>{OutputFlags(), ConnectionFlags()};
     }},
    {"health", "", "check the health of the gateway",
     "Checks the health of the gateway with grpc.health.v1, as probes do. "
     "Exit status 0: SERVING; 1: anything else, including no response.",
     nullptr, 0, nullptr, "text json", kHealthExamples,
     [] {
       return std::vector<FlagGroup>{HealthFlags(), OutputFlags(),
                                     ConnectionFlags()};
     }},
    {"completion", "SHELL", "print the completion script of a shell",
     "Prints the completion script of bash, zsh or fish.", "SHELL", 1,
     "bash zsh fish", "text", kCompletionExamples,
     [] { return std::vector<FlagGroup>(); }},
    {"help",
     "[COMMAND]",
     "show the help of a command",
     "Shows the help of wriftctl, or of a command.",
     nullptr,
     1,
     "create get list wait cancel health completion help version",
     "text",
     {},
     [] { return std::vector<FlagGroup>(); }},
    {"version",
     "",
     "show the version",
     "Shows the version and the commit.",
     nullptr,
     0,
     nullptr,
     "text json",
     {},
     [] { return std::vector<FlagGroup>{OutputFlags()}; }},
};

constexpr ExitStatus kExitStatuses[] = {
    {"0", "Success."},
    {"1",
     "The prediction that wait or create returned failed; with -o raw, there "
     "is no output; for health, the gateway is not serving."},
    {"2",
     "The command line, a file that it names, or the configuration is invalid. "
     "Nothing was sent."},
    {"3", "The call failed, or its result could not be written."},
    {"129", "Ended by SIGHUP, which does not cancel the prediction."},
    {"130", "Interrupted by Ctrl-C, which does not cancel the prediction."},
    {"143", "Ended by SIGTERM, which does not cancel it, either."},
};

constexpr Variable kVariables[] = {
    {"WRIFTCTL_TOKEN", "The WriftAI access token, unless --token_file is set."},
    {"WRIFTCTL_CONFIG",
     "The configuration file, instead of wriftctl/config in XDG_CONFIG_HOME, "
     "which is ~/.config by default."},
    {"NO_COLOR", "If it is not empty, --color=auto uses no color."},
};

}  // namespace

absl::Span<const CommandSpec> Commands() { return kCommands; }

const CommandSpec* FindCommand(absl::string_view name) {
  for (const CommandSpec& command : kCommands) {
    if (name == command.name) return &command;
  }
  return nullptr;
}

std::vector<FlagGroup> GroupsOf(const CommandSpec& command) {
  std::vector<FlagGroup> groups = command.groups();
  groups.push_back(GeneralFlags());
  return groups;
}

std::vector<const FlagSpec*> FlagsOf(const CommandSpec& command) {
  std::vector<const FlagSpec*> flags;
  for (const FlagGroup& group : GroupsOf(command)) {
    for (const FlagSpec& flag : group.flags) flags.push_back(&flag);
  }
  return flags;
}

bool HasFlag(const CommandSpec& command, const FlagSpec& flag) {
  const std::vector<const FlagSpec*> flags = FlagsOf(command);
  return std::find(flags.begin(), flags.end(), &flag) != flags.end();
}

std::string CommandsWith(const FlagSpec& flag) {
  std::vector<absl::string_view> names;
  for (const CommandSpec& command : kCommands) {
    if (HasFlag(command, flag)) names.emplace_back(command.name);
  }
  return absl::StrJoin(names, " and ");
}

std::string Alternatives(absl::string_view words) {
  std::vector<absl::string_view> list = absl::StrSplit(words, ' ');
  const absl::string_view last = list.back();
  list.pop_back();
  return list.empty() ? std::string(last)
                      : absl::StrCat(absl::StrJoin(list, ", "), " or ", last);
}

std::string CommandNames() {
  std::vector<absl::string_view> names;
  for (const CommandSpec& command : kCommands) names.emplace_back(command.name);
  return Alternatives(absl::StrJoin(names, " "));
}

absl::Span<const ExitStatus> ExitStatuses() { return kExitStatuses; }

absl::Span<const Variable> Variables() { return kVariables; }

}  // namespace wriftai::client
