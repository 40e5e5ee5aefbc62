#include "client/arguments/command_line.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "base/spelling.h"
#include "client/arguments/connection_flags.h"
#include "client/arguments/profile.h"
#include "client/arguments/request_flags.h"
#include "client/arguments/spelling_rules.h"
#include "client/arguments/usage_error.h"
#include "client/guide/completion.h"
#include "client/guide/help.h"
#include "client/table/command_table.h"

namespace wriftai::client {
namespace {

using Arguments = std::vector<std::string>;

bool Contains(const Arguments& names, absl::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void Bind(const std::vector<const FlagSpec*>& specs, Flags& flags,
          FlagSet& set) {
  for (const FlagSpec* const spec : specs) {
    // FlagSet itself knows these two.
    if (spec->target == &Flags::help || spec->target == &Flags::version) {
      continue;
    }
    if (spec->is_switch()) {
      set.Add(spec->name, &(flags.*(spec->target)), spec->help);
    } else {
      set.Add(
          spec->name,
          [spec, &flags](absl::string_view text) {
            return spec->set(flags, text);
          },
          spec->help, spec->default_text);
    }
  }
}

// Accepts the variables of all commands' flags, not only this command's.
absl::Status CheckVariables(const std::vector<std::string>& variables,
                            const FlagSet::Environment& environment) {
  Flags flags;
  FlagSet set("wriftctl", "", kVariablePrefix);
  Bind(AllFlags(), flags, set);
  for (const Variable& variable : Variables()) set.AddVariable(variable.name);
  return set.CheckVariables(variables, environment);
}

// `wriftctl` without a command: --help, or an error.
absl::StatusOr<Invocation> ParseWithoutCommand(const Arguments& names) {
  for (const std::string& name : names) {
    if (FindFlag(name) == nullptr) return UnknownFlag(name, AllFlags());
  }
  if (!Contains(names, "help")) {
    return absl::InvalidArgumentError(
        absl::StrCat("expected a command: ", CommandNames(), "; see --help"));
  }
  Invocation invocation;
  invocation.command = TextCommand{GeneralHelp()};
  return invocation;
}

absl::Status UnknownCommand(const std::string& name) {
  std::vector<std::string> names;
  for (const CommandSpec& command : Commands()) {
    names.emplace_back(command.name);
  }
  const std::string nearest = NearestName(name, names);
  return UsageError(
      name, nearest.empty()
                ? absl::StrCat("unknown command; expected ", CommandNames())
                : absl::StrCat("unknown command; see --help. Did you "
                               "mean ",
                               nearest, "?"));
}

absl::Status CheckOperands(const CommandSpec& spec, const Arguments& operands) {
  if (spec.required != nullptr && (operands.empty() || operands[0].empty())) {
    return UsageError(spec.name, absl::StrCat(spec.required, " is required"));
  }
  if (operands.size() > spec.max_operands) {
    return UsageError(spec.name, absl::StrCat("unexpected argument: ",
                                              operands[spec.max_operands]));
  }
  if (spec.operand_choices == nullptr || operands.empty()) {
    return absl::OkStatus();
  }
  const std::vector<std::string> choices =
      absl::StrSplit(spec.operand_choices, ' ');
  if (Contains(choices, operands[0])) return absl::OkStatus();
  const std::string nearest = NearestName(operands[0], choices);
  return UsageError(
      spec.name,
      absl::StrCat(
          operands[0], ": expected ", Alternatives(spec.operand_choices),
          nearest.empty() ? ""
                          : absl::StrCat(". Did you mean ", nearest, "?")));
}

bool MayPrint(const CommandSpec& spec, OutputFormat format) {
  static constexpr const char* kNames[] = {"text", "json", "id", "raw"};
  return Contains(absl::StrSplit(spec.outputs, ' '),
                  kNames[static_cast<size_t>(format)]);
}

absl::StatusOr<OutputOptions> OutputFromFlags(const CommandSpec& spec,
                                              const Flags& flags) {
  OutputOptions output;
  output.format = flags.output;
  if (flags.json) {
    if (flags.output != OutputFormat::kText &&
        flags.output != OutputFormat::kJson) {
      return absl::InvalidArgumentError(
          "--json and --output differ: set only one of them");
    }
    output.format = OutputFormat::kJson;
  }
  if (!MayPrint(spec, output.format)) {
    return UsageError(spec.name, absl::StrCat("--output: expected ",
                                              Alternatives(spec.outputs)));
  }
  output.quiet = flags.quiet;
  output.color = flags.color;
  output.file = flags.output_file;
  return output;
}

// Reads the flags of `spec`: from the profile, the environment and `normal`,
// each of which takes precedence over those before it.
absl::StatusOr<Flags> ReadFlags(const CommandSpec& spec,
                                const Arguments& normal,
                                const FlagSet::Environment& environment,
                                std::vector<std::string>& warnings) {
  const std::vector<const FlagSpec*> specs = FlagsOf(spec);
  Flags given;
  FlagSet first("wriftctl", "", kVariablePrefix);
  Bind(specs, given, first);
  const auto parsed = first.Parse(normal, environment);
  if (!parsed.ok()) return parsed.status();
  if (!HasFlag(spec, *FindFlag("profile"))) return given;
  Flags flags;
  absl::Status status = ApplyProfile(
      {given.profile, first.WasGiven("address"), first.WasGiven("token_file")},
      environment, flags, warnings);
  if (!status.ok()) return status;
  FlagSet second("wriftctl", "", kVariablePrefix);
  Bind(specs, flags, second);
  status = second.Parse(normal, environment).status();
  if (!status.ok()) return status;
  // The profile's format gives way to --json, and to what the command can
  // print.
  if (!first.WasGiven("output") &&
      (first.WasGiven("json") || !MayPrint(spec, flags.output))) {
    flags.output = OutputFormat::kText;
  }
  return flags;
}

// Rejects flags that have no effect together. Only for the command line:
// variables apply to every command.
absl::Status CheckCombination(const CommandSpec& spec, const Arguments& names,
                              const Flags& flags) {
  if (Contains(names, "all") && Contains(names, "limit") && flags.all) {
    return UsageError(spec.name, "expected either --all or --limit, not both");
  }
  if (spec.name != absl::string_view("create") || flags.wait) {
    return absl::OkStatus();
  }
  for (const char* const name : {"poll_interval", "only_changes"}) {
    if (Contains(names, name)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", name, " requires --wait"));
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<Command> LocalCommand(absl::string_view name,
                                     const Arguments& operands) {
  if (name == "version") return Command(VersionCommand());
  if (name == "completion") {
    return Command(TextCommand{CompletionScript(operands[0])});
  }
  return Command(TextCommand{
      operands.empty() ? GeneralHelp() : HelpOf(*FindCommand(operands[0]))});
}

absl::StatusOr<Invocation> ParseCommand(const CommandSpec& spec,
                                        const Arguments& normal,
                                        Arguments operands,
                                        const FlagSet::Environment& environment,
                                        std::istream& standard_input) {
  if (absl::Status status = CheckFlagsOf(spec, normal); !status.ok()) {
    return status;
  }
  Invocation invocation;
  absl::StatusOr<Flags> flags =
      ReadFlags(spec, normal, environment, invocation.warnings);
  if (!flags.ok()) return flags.status();
  if (absl::Status status = CheckOperands(spec, operands); !status.ok()) {
    return status;
  }
  if (absl::Status status = CheckCombination(spec, FlagNamesIn(normal), *flags);
      !status.ok()) {
    return status;
  }
  absl::StatusOr<OutputOptions> output = OutputFromFlags(spec, *flags);
  if (!output.ok()) return output.status();
  invocation.output = *std::move(output);
  invocation.timeout = flags->timeout;
  invocation.retry_for = flags->retry_for;
  absl::StatusOr<Command> command;
  if (HasFlag(spec, *FindFlag("address"))) {
    absl::StatusOr<ConnectionOptions> connection =
        ConnectionFromFlags(*flags, environment);
    if (!connection.ok()) return connection.status();
    invocation.connection = *std::move(connection);
    command = CommandFromFlags(spec.name, *flags, std::move(operands),
                               standard_input);
  } else {
    command = LocalCommand(spec.name, operands);
  }
  if (!command.ok()) return command.status();
  invocation.command = *std::move(command);
  return invocation;
}

const char* NoVariables(const char*) { return nullptr; }

// The flags that choose the format of errors. Ignores invalid ones.
class FormatChoice {
 public:
  FormatChoice() : set_("wriftctl", "", kVariablePrefix) {
    Bind({FindFlag("output"), FindFlag("json"), FindFlag("profile")}, flags_,
         set_);
  }

  void Parse(const Arguments& normal, const FlagSet::Environment& environment) {
    set_.Parse(normal, environment).IgnoreError();
    given_ = given_ || set_.WasGiven("output") || set_.WasGiven("json");
  }

  bool IsJson(const FlagSet::Environment& environment) const {
    Flags flags = flags_;
    if (!given_) {
      std::vector<std::string> warnings;
      ApplyProfile({flags_.profile, true, true}, environment, flags, warnings)
          .IgnoreError();
    }
    return flags.json || flags.output == OutputFormat::kJson;
  }

 private:
  Flags flags_;
  FlagSet set_;
  bool given_ = false;
};

// One argument in FlagSet's spelling, also with one dash too few. Empty if it
// is invalid.
Arguments NormalizeLeniently(const std::string& argument) {
  absl::StatusOr<Arguments> normal = NormalizeSpelling({argument});
  if (!normal.ok()) normal = NormalizeSpelling({absl::StrCat("-", argument)});
  return normal.ok() ? *std::move(normal) : Arguments();
}

}  // namespace

absl::StatusOr<Invocation> ParseCommandLine(
    const std::vector<std::string>& arguments,
    const FlagSet::Environment& environment, std::istream& standard_input,
    const std::vector<std::string>& variables) {
  absl::StatusOr<Arguments> normal = NormalizeSpelling(arguments);
  if (!normal.ok()) return normal.status();
  const Arguments names = FlagNamesIn(*normal);
  if (Contains(names, "version")) {
    Invocation invocation;
    invocation.command = VersionCommand();
    return invocation;
  }
  Arguments operands = OperandsOf(*normal);
  if (operands.empty()) return ParseWithoutCommand(names);
  const CommandSpec* const spec = FindCommand(operands.front());
  if (spec == nullptr) return UnknownCommand(operands.front());
  if (Contains(names, "help")) {
    Invocation invocation;
    invocation.command = TextCommand{HelpOf(*spec)};
    return invocation;
  }
  if (absl::Status status = CheckVariables(variables, environment);
      !status.ok()) {
    return status;
  }
  operands.erase(operands.begin());
  return ParseCommand(*spec, *normal, std::move(operands), environment,
                      standard_input);
}

bool WantsJson(const std::vector<std::string>& arguments,
               const FlagSet::Environment& environment) {
  FormatChoice choice;
  choice.Parse({}, environment);
  // Each argument by itself: others may be invalid.
  for (size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    Arguments normal = NormalizeLeniently(arguments[i]);
    if (normal.empty()) continue;
    const std::string last = normal.back();
    if ((last == "--output" || last == "--profile") &&
        i + 1 < arguments.size()) {
      choice.Parse({last, arguments[++i]}, NoVariables);
      normal.pop_back();
    }
    for (const std::string& flag : normal) choice.Parse({flag}, NoVariables);
  }
  return choice.IsJson(environment);
}

}  // namespace wriftai::client
