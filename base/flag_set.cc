#include "base/flag_set.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "base/host_port.h"
#include "base/service_links.h"
#include "base/spelling.h"

namespace wriftai {
namespace {

// By how many characters a misspelled variable differs from the known one.
constexpr size_t kMaxTypos = 2;

absl::Status Expected(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("expected ", what));
}

// Stores what `parse` read if it is from `min` to `max`.
template <typename T, typename Parse>
FlagSet::Setter InRange(T* value, T min, T max, const std::string& expected,
                        Parse parse) {
  return [=](absl::string_view text) {
    T parsed{};
    // Written so that NaN is rejected.
    if (!parse(text, &parsed) || !(parsed >= min && parsed <= max)) {
      return Expected(expected);
    }
    *value = parsed;
    return absl::OkStatus();
  };
}

}  // namespace

FlagSet::FlagSet(std::string program, std::string summary,
                 std::string environment_prefix)
    : program_(std::move(program)),
      summary_(std::move(summary)),
      environment_prefix_(std::move(environment_prefix)) {}

void FlagSet::Add(std::string name, std::string* value, std::string help,
                  std::string extra_environment) {
  Add(
      std::move(name),
      [value](absl::string_view text) {
        *value = std::string(text);
        return absl::OkStatus();
      },
      std::move(help), value->empty() ? "none" : *value,
      std::move(extra_environment));
  flags_.back().text = [value] { return *value; };
}

void FlagSet::Add(std::string name, bool* value, std::string help) {
  Add(
      std::move(name),
      [value](absl::string_view text) {
        if (text == "true" || text == "1") {
          *value = true;
        } else if (text == "false" || text == "0") {
          *value = false;
        } else {
          return Expected("true or false");
        }
        return absl::OkStatus();
      },
      std::move(help), *value ? "true" : "false");
  flags_.back().is_bool = true;
  flags_.back().text = [value] { return *value ? "true" : "false"; };
}

void FlagSet::Add(std::string name, int64_t* value, int64_t min, int64_t max,
                  std::string help) {
  Add(std::move(name),
      InRange(value, min, max,
              absl::StrCat("a whole number from ", min, " to ", max),
              [](absl::string_view text, int64_t* parsed) {
                return absl::SimpleAtoi(text, parsed);
              }),
      std::move(help), absl::StrCat(*value));
  flags_.back().text = [value] { return absl::StrCat(*value); };
}

void FlagSet::Add(std::string name, double* value, double min, double max,
                  std::string help) {
  Add(std::move(name),
      InRange(value, min, max, absl::StrCat("a number from ", min, " to ", max),
              [](absl::string_view text, double* parsed) {
                return absl::SimpleAtod(text, parsed);
              }),
      std::move(help), absl::StrCat(*value));
  flags_.back().text = [value] { return absl::StrCat(*value); };
}

void FlagSet::Add(std::string name, absl::Duration* value, absl::Duration min,
                  absl::Duration max, std::string help) {
  Add(std::move(name),
      InRange(value, min, max,
              absl::StrCat("a duration from ", absl::FormatDuration(min),
                           " to ", absl::FormatDuration(max), ", such as 1.5s"),
              [](absl::string_view text, absl::Duration* parsed) {
                return absl::ParseDuration(text, parsed);
              }),
      std::move(help), absl::FormatDuration(*value));
  flags_.back().text = [value] { return absl::FormatDuration(*value); };
}

void FlagSet::AddHostPort(std::string name, std::string* value,
                          std::string help) {
  Add(
      std::move(name),
      [value](absl::string_view text) {
        if (!IsHostPort(text)) {
          return Expected("HOST:PORT with a port from 0 to 65535");
        }
        *value = std::string(text);
        return absl::OkStatus();
      },
      [value] { return *value; }, std::move(help),
      value->empty() ? "off" : *value);
}

void FlagSet::Add(std::string name, Setter set, std::string help,
                  std::string default_text, std::string extra_environment) {
  Flag flag;
  flag.name = std::move(name);
  flag.help = std::move(help);
  flag.default_text = std::move(default_text);
  flag.extra_environment = std::move(extra_environment);
  flag.set = std::move(set);
  flags_.push_back(std::move(flag));
}

void FlagSet::AddVariable(std::string name, const Secret* value) {
  variables_.push_back({std::move(name), value});
}

absl::Status FlagSet::Set(absl::string_view text, std::string source,
                          Flag& flag) {
  if (absl::Status status = flag.set(text); !status.ok()) return status;
  flag.given = true;
  flag.source = std::move(source);
  return absl::OkStatus();
}

std::vector<std::string> FlagSet::Names() const {
  std::vector<std::string> names;
  names.reserve(flags_.size());
  for (const Flag& flag : flags_) names.push_back(flag.name);
  return names;
}

std::vector<Setting> FlagSet::Settings() const {
  std::vector<Setting> settings;
  for (const Flag& flag : flags_) {
    std::string value = flag.default_text;
    if (flag.given) value = flag.text == nullptr ? kHidden : flag.text();
    const bool is_default = value == flag.default_text;
    settings.push_back({absl::StrCat("--", flag.name), std::move(value),
                        is_default, flag.default_text, flag.source});
  }
  for (const Variable& variable : variables_) {
    if (variable.value == nullptr) continue;
    const bool is_set = !variable.value->empty();
    settings.push_back({variable.name, is_set ? kHidden : "none", !is_set,
                        "none", is_set ? variable.name : "default"});
  }
  return settings;
}

FlagSet::Flag* FlagSet::Find(absl::string_view name) {
  for (Flag& flag : flags_) {
    if (flag.name == name) return &flag;
  }
  return nullptr;
}

std::vector<std::string> FlagSet::VariablesOf(const Flag& flag) const {
  std::vector<std::string> names;
  if (!environment_prefix_.empty()) {
    names.push_back(
        absl::StrCat(environment_prefix_, absl::AsciiStrToUpper(flag.name)));
  }
  if (!flag.extra_environment.empty()) {
    names.push_back(flag.extra_environment);
  }
  return names;
}

absl::Status FlagSet::ReadEnvironment(const Environment& environment) {
  for (Flag& flag : flags_) {
    const char* first = nullptr;
    for (const std::string& name : VariablesOf(flag)) {
      const char* const text = environment(name.c_str());
      if (text == nullptr || *text == '\0') continue;
      if (const absl::Status status = Set(text, name, flag); !status.ok()) {
        return absl::InvalidArgumentError(
            absl::StrCat(name, ": ", status.message()));
      }
      if (first != nullptr && absl::string_view(first) != text) {
        return absl::InvalidArgumentError(
            absl::StrCat(absl::StrJoin(VariablesOf(flag), " and "),
                         " differ: set only one of them"));
      }
      first = text;
    }
  }
  return absl::OkStatus();
}

absl::Status FlagSet::CheckVariables(const std::vector<std::string>& set,
                                     const Environment& environment) const {
  std::vector<std::string> known;
  for (const Variable& variable : variables_) known.push_back(variable.name);
  for (const Flag& flag : flags_) {
    for (std::string& name : VariablesOf(flag)) {
      known.push_back(std::move(name));
    }
  }
  // The part after the first underscore: GATEWAY_ACCESS_TOKEN is most likely
  // meant to be WRIFTAI_ACCESS_TOKEN.
  const auto suffix_of = [](absl::string_view name) {
    return name.substr(std::min(name.find('_'), name.size() - 1) + 1);
  };
  std::vector<std::string> suffixes;
  suffixes.reserve(known.size());
  for (const std::string& name : known) suffixes.emplace_back(suffix_of(name));
  for (const std::string& name : set) {
    const char* const value = environment(name.c_str());
    if (value == nullptr || *value == '\0' ||
        std::find(known.begin(), known.end(), name) != known.end() ||
        name == absl::StrCat(environment_prefix_, "VERSION") ||
        IsServiceLink(name, value)) {
      continue;
    }
    // Compare whole names first: two prefixes share some suffixes.
    std::string guess = NearestName(name, known);
    const bool is_typo =
        !guess.empty() && EditDistance(name, guess) <= kMaxTypos;
    if (!is_typo) {
      const std::string nearest = NearestName(suffix_of(name), suffixes);
      const auto at = std::find(suffixes.begin(), suffixes.end(), nearest);
      guess = nearest.empty()
                  ? ""
                  : known[static_cast<size_t>(at - suffixes.begin())];
    }
    const bool is_ours = absl::StartsWith(name, environment_prefix_);
    // A variable with another prefix may belong to another program.
    if (!is_ours && !is_typo) continue;
    return absl::InvalidArgumentError(absl::StrCat(
        name, ": unknown variable; see --help",
        guess.empty() ? "" : absl::StrCat(". Did you mean ", guess, "?")));
  }
  return absl::OkStatus();
}

bool FlagSet::WasGiven(absl::string_view name) const {
  return std::any_of(flags_.begin(), flags_.end(), [&](const Flag& flag) {
    return flag.given && flag.name == name;
  });
}

absl::Status FlagSet::UnknownFlag(absl::string_view name) const {
  std::vector<std::string> known;
  for (const Flag& flag : flags_) known.push_back(flag.name);
  const std::string nearest = NearestName(name, known);
  return absl::InvalidArgumentError(absl::StrCat(
      "--", name, ": unknown flag; see --help",
      nearest.empty() ? "" : absl::StrCat(". Did you mean --", nearest, "?")));
}

absl::StatusOr<std::vector<std::string>> FlagSet::Parse(
    const std::vector<std::string>& arguments, const Environment& environment) {
  if (absl::Status status = ReadEnvironment(environment); !status.ok()) {
    return status;
  }
  std::vector<std::string> rest;
  for (size_t i = 0; i < arguments.size(); ++i) {
    absl::string_view argument = arguments[i];
    if (argument == "--") {
      rest.insert(rest.end(),
                  arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                  arguments.end());
      break;
    }
    if (!absl::ConsumePrefix(&argument, "--")) {
      rest.push_back(arguments[i]);
      continue;
    }
    if (argument == "help") {
      help_requested_ = true;
      continue;
    }
    if (argument == "version" && Find(argument) == nullptr) {
      version_requested_ = true;
      continue;
    }
    const size_t equals = argument.find('=');
    const absl::string_view name = argument.substr(0, equals);
    std::string value;
    Flag* flag = Find(name);
    if (flag == nullptr && equals == absl::string_view::npos) {
      absl::string_view negated = name;
      if (absl::ConsumePrefix(&negated, "no")) flag = Find(negated);
      if (flag != nullptr && !flag->is_bool) flag = nullptr;
      value = "false";
    }
    if (flag == nullptr) {
      return UnknownFlag(name);
    }
    if (equals != absl::string_view::npos) {
      value = std::string(argument.substr(equals + 1));
    } else if (!flag->is_bool) {
      if (i + 1 == arguments.size()) {
        return absl::InvalidArgumentError(
            absl::StrCat("--", name, ": requires a value"));
      }
      value = arguments[++i];
    } else if (value.empty()) {
      value = "true";
    }
    if (const absl::Status status = Set(value, "command line", *flag);
        !status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", flag->name, ": ", status.message()));
    }
    if (flag->on_command_line.has_value() && flag->on_command_line != value) {
      warnings_.push_back(absl::StrCat(
          "--", flag->name, " is given twice; the last value is used"));
    }
    flag->on_command_line = std::move(value);
  }
  return rest;
}

std::string FlagSet::Help() const {
  std::string help = absl::StrCat("Usage: ", program_, "\n\n", summary_, "\n");
  for (const Flag& flag : flags_) {
    absl::StrAppend(&help, "\n  --", flag.name,
                    "  (default: ", flag.default_text, ")\n      ", flag.help,
                    "\n");
    if (!flag.extra_environment.empty()) {
      absl::StrAppend(&help, "      Also: ", flag.extra_environment, "\n");
    }
  }
  if (!environment_prefix_.empty()) {
    absl::StrAppend(&help, "\nEvery flag --some_name is also the variable ",
                    environment_prefix_,
                    "SOME_NAME; the flag takes precedence.\n");
  }
  return help;
}

std::vector<std::string> VariablesFromMain(char** environment) {
  std::vector<std::string> names;
  for (; *environment != nullptr; ++environment) {
    const absl::string_view entry = *environment;
    names.emplace_back(entry.substr(0, entry.find('=')));
  }
  return names;
}

std::vector<std::string> ArgumentsFromMain(int argc, char** argv) {
  return std::vector<std::string>(argv + 1, argv + argc);
}

}  // namespace wriftai
