#include "client/command_line.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "client/flags.h"
#include "client/from_flags.h"

namespace wriftai::client {
namespace {

constexpr char kEnvironmentPrefix[] = "WRIFTCTL_";

constexpr char kGeneralSummary[] =
    "Commands:\n"
    "  create MODEL --input JSON   start a prediction, --wait for its end\n"
    "  get ID                      show a prediction\n"
    "  list                        show the newest predictions\n"
    "  wait ID                     follow a prediction until it has ended\n"
    "  cancel ID                   ask for a prediction to be cancelled\n"
    "  health                      ask whether the gateway serves\n"
    "wriftctl COMMAND --help shows a command's flags.\n\n"
    "Exit status: 0 done; 1 the prediction failed, or health found no gateway\n"
    "that serves; 2 wrong usage; 3 the call failed; 130 left with Ctrl-C, "
    "which\n"
    "leaves the prediction alone.\n\n"
    "Flags of every command:";

struct CommandKind {
  const char* name;
  const char* usage;
  const char* summary;
  const char* operand;  // What the one positional argument is; null: none.
  void (*add_flags)(Flags& flags, FlagSet& set);
};

constexpr CommandKind kKinds[] = {
    {"create", "wriftctl create MODEL --input JSON [--wait]",
     "Starts a prediction of MODEL, which is owner/name or "
     "owner/name:version.",
     "MODEL",
     [](Flags& flags, FlagSet& set) {
       AddCreateFlags(flags, set);
       AddPayloadFlags(flags, set);
     }},
    {"get", "wriftctl get ID", "Shows a prediction.", "ID", AddPayloadFlags},
    {"list", "wriftctl list", "Shows the newest predictions, newest first.",
     nullptr, AddListFlags},
    {"wait", "wriftctl wait ID",
     "Follows a prediction until it has ended. Leaving does not cancel it.",
     "ID",
     [](Flags& flags, FlagSet& set) {
       AddWaitFlags(flags, set);
       AddPayloadFlags(flags, set);
     }},
    {"cancel", "wriftctl cancel ID",
     "Asks for a prediction to be cancelled. It ends in its own time.", "ID",
     [](Flags&, FlagSet&) {}},
    {"health", "wriftctl health",
     "Asks the gateway whether it serves, as probes do (grpc.health.v1). Exit "
     "status 0: SERVING; 1: anything else, no answer included.",
     nullptr, AddHealthFlags},
};

// With the flags of all commands, to tell values from the command's name.
absl::StatusOr<std::vector<std::string>> Positionals(
    const std::vector<std::string>& arguments, bool* help, bool* version) {
  Flags flags;
  FlagSet set("wriftctl", "", "");
  AddCommonFlags(flags, set);
  AddPayloadFlags(flags, set);
  AddCreateFlags(flags, set);
  AddListFlags(flags, set);
  AddHealthFlags(flags, set);
  auto positionals = set.Parse(arguments, [](const char*) { return nullptr; });
  *help = set.help_requested();
  *version = flags.version;
  return positionals;
}

// A variable may be for another command than this one.
absl::Status CheckVariables(const std::vector<std::string>& variables,
                            const FlagSet::Environment& environment) {
  Flags flags;
  FlagSet set("wriftctl", "", kEnvironmentPrefix);
  AddCommonFlags(flags, set);
  AddPayloadFlags(flags, set);
  AddCreateFlags(flags, set);
  AddListFlags(flags, set);
  AddHealthFlags(flags, set);
  set.AddVariable("WRIFTCTL_TOKEN");
  return set.CheckVariables(variables, environment);
}

std::string GeneralHelp() {
  Flags flags;
  FlagSet set("wriftctl COMMAND [flags]", kGeneralSummary, kEnvironmentPrefix);
  AddCommonFlags(flags, set);
  return set.Help();
}

absl::StatusOr<Invocation> ParseKind(const CommandKind& kind,
                                     const std::vector<std::string>& arguments,
                                     const FlagSet::Environment& environment,
                                     std::istream& standard_input) {
  Flags flags;
  FlagSet set(absl::StrCat(kind.usage, " [flags]"), kind.summary,
              kEnvironmentPrefix);
  kind.add_flags(flags, set);
  AddCommonFlags(flags, set);
  absl::StatusOr<std::vector<std::string>> positionals =
      set.Parse(arguments, environment);
  if (!positionals.ok()) {
    return WrongUsage(kind.name, positionals.status().message());
  }
  Invocation invocation;
  if (set.help_requested()) {
    invocation.command = HelpCommand{set.Help()};
    return invocation;
  }
  const size_t wanted = kind.operand == nullptr ? 1 : 2;
  if (kind.operand != nullptr &&
      (positionals->size() < wanted || (*positionals)[1].empty())) {
    return WrongUsage(kind.name, absl::StrCat(kind.operand, " is missing"));
  }
  if (positionals->size() > wanted) {
    return WrongUsage(kind.name, absl::StrCat("one argument too many: ",
                                              (*positionals)[wanted]));
  }
  invocation.timeout = flags.timeout;
  invocation.json = flags.json;
  absl::StatusOr<ConnectionOptions> connection =
      ConnectionFromFlags(flags, environment);
  if (!connection.ok()) return connection.status();
  invocation.connection = *std::move(connection);
  absl::StatusOr<Command> command = CommandFromFlags(
      kind.name, flags,
      kind.operand == nullptr ? "" : std::move((*positionals)[1]),
      standard_input);
  if (!command.ok()) return command.status();
  invocation.command = *std::move(command);
  return invocation;
}

}  // namespace

absl::StatusOr<Invocation> ParseCommandLine(
    const std::vector<std::string>& arguments,
    const FlagSet::Environment& environment, std::istream& standard_input,
    const std::vector<std::string>& variables) {
  absl::StatusOr<std::vector<std::string>> normal =
      NormalizeSpelling(arguments);
  if (!normal.ok()) return normal.status();
  bool help = false;
  bool version = false;
  absl::StatusOr<std::vector<std::string>> positionals =
      Positionals(*normal, &help, &version);
  if (!positionals.ok()) return positionals.status();
  Invocation invocation;
  if (version) {
    invocation.command = VersionCommand();
    return invocation;
  }
  if (positionals->empty()) {
    if (!help) {
      return absl::InvalidArgumentError(
          "a command is missing: create, get, list, wait, cancel or health; "
          "see --help");
    }
    invocation.command = HelpCommand{GeneralHelp()};
    return invocation;
  }
  if (absl::Status status = CheckVariables(variables, environment);
      !status.ok() && !help) {
    return status;
  }
  for (const CommandKind& kind : kKinds) {
    if (positionals->front() == kind.name) {
      return ParseKind(kind, *normal, environment, standard_input);
    }
  }
  return WrongUsage(
      positionals->front(),
      "unknown command; create, get, list, wait, cancel and health are known");
}

}  // namespace wriftai::client
