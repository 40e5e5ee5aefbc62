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
    "  create MODEL --input JSON   start a prediction; --wait for it to end\n"
    "  get ID                      show a prediction\n"
    "  list                        list predictions, newest first\n"
    "  wait ID                     follow a prediction until it ends\n"
    "  cancel ID                   request cancellation of a prediction\n"
    "  health                      check the health of the gateway\n"
    "Run wriftctl COMMAND --help for the flags of a command.\n\n"
    "Exit status: 0 success; 1 the prediction failed, or the gateway is not\n"
    "serving (health); 2 usage error; 3 the call failed; 130 interrupted by\n"
    "Ctrl-C, which does not cancel the prediction.\n\n"
    "Flags of all commands:";

struct CommandSpec {
  const char* name;
  const char* usage;
  const char* summary;
  const char* operand;  // The positional argument; null if none exists.
  void (*add_flags)(Flags& flags, FlagSet& set);
};

constexpr CommandSpec kCommands[] = {
    {"create", "wriftctl create MODEL --input JSON [--wait]",
     "Starts a prediction. MODEL is owner/name or owner/name:version.", "MODEL",
     [](Flags& flags, FlagSet& set) {
       AddCreateFlags(flags, set);
       AddPayloadFlags(flags, set);
     }},
    {"get", "wriftctl get ID", "Shows a prediction.", "ID", AddPayloadFlags},
    {"list", "wriftctl list", "Lists predictions, newest first.", nullptr,
     AddListFlags},
    {"wait", "wriftctl wait ID",
     "Follows a prediction until it ends. Interrupting the command does not "
     "cancel the prediction.",
     "ID",
     [](Flags& flags, FlagSet& set) {
       AddWaitFlags(flags, set);
       AddPayloadFlags(flags, set);
     }},
    {"cancel", "wriftctl cancel ID",
     "Requests cancellation of a prediction. Returns before the prediction "
     "ends.",
     "ID", [](Flags&, FlagSet&) {}},
    {"health", "wriftctl health",
     "Checks the health of the gateway with grpc.health.v1, as probes do. "
     "Exit status 0: SERVING; 1: anything else, including no response.",
     nullptr, AddHealthFlags},
};

// Parses with the flags of all commands, to distinguish their values from the
// command's name.
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

// Accepts the variables of all commands' flags, not only this command's.
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

absl::StatusOr<Invocation> ParseCommand(
    const CommandSpec& spec, const std::vector<std::string>& arguments,
    const FlagSet::Environment& environment, std::istream& standard_input) {
  Flags flags;
  FlagSet set(absl::StrCat(spec.usage, " [flags]"), spec.summary,
              kEnvironmentPrefix);
  spec.add_flags(flags, set);
  AddCommonFlags(flags, set);
  absl::StatusOr<std::vector<std::string>> positionals =
      set.Parse(arguments, environment);
  if (!positionals.ok()) {
    return UsageError(spec.name, positionals.status().message());
  }
  Invocation invocation;
  if (set.help_requested()) {
    invocation.command = HelpCommand{set.Help()};
    return invocation;
  }
  const size_t expected = spec.operand == nullptr ? 1 : 2;
  if (spec.operand != nullptr &&
      (positionals->size() < expected || (*positionals)[1].empty())) {
    return UsageError(spec.name, absl::StrCat(spec.operand, " is required"));
  }
  if (positionals->size() > expected) {
    return UsageError(spec.name, absl::StrCat("unexpected argument: ",
                                              (*positionals)[expected]));
  }
  invocation.timeout = flags.timeout;
  invocation.json = flags.json;
  absl::StatusOr<ConnectionOptions> connection =
      ConnectionFromFlags(flags, environment);
  if (!connection.ok()) return connection.status();
  invocation.connection = *std::move(connection);
  absl::StatusOr<Command> command = CommandFromFlags(
      spec.name, flags,
      spec.operand == nullptr ? "" : std::move((*positionals)[1]),
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
          "expected a command: create, get, list, wait, cancel or health; "
          "see --help");
    }
    invocation.command = HelpCommand{GeneralHelp()};
    return invocation;
  }
  if (absl::Status status = CheckVariables(variables, environment);
      !status.ok() && !help) {
    return status;
  }
  for (const CommandSpec& spec : kCommands) {
    if (positionals->front() == spec.name) {
      return ParseCommand(spec, *normal, environment, standard_input);
    }
  }
  return UsageError(
      positionals->front(),
      "unknown command; expected create, get, list, wait, cancel or health");
}

}  // namespace wriftai::client
