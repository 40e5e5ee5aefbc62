#include "client/arguments/spelling_rules.h"

#include <cstddef>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "base/spelling.h"

namespace wriftai::client {
namespace {

using Arguments = std::vector<std::string>;

// A flag as FlagSet spells it: "--name", "--noname" or "--name=value".
struct Spelled {
  const FlagSpec* flag = nullptr;  // Null if unknown.
  bool takes_next = false;         // Its value is the next argument.
};

Spelled Read(absl::string_view normal) {
  absl::ConsumePrefix(&normal, "--");
  const size_t equals = normal.find('=');
  absl::string_view name = normal.substr(0, equals);
  const FlagSpec* flag = FindFlag(name);
  if (flag == nullptr && absl::ConsumePrefix(&name, "no")) {
    flag = FindFlag(name);
    if (flag != nullptr && !flag->is_switch()) flag = nullptr;
    return {flag, false};
  }
  return {flag, equals == absl::string_view::npos &&
                    (flag == nullptr || !flag->is_switch())};
}

// "--Some-name=value", and "--no-name" if that negates a switch.
std::string NormalLong(absl::string_view argument) {
  const size_t equals = argument.find('=');
  std::string name =
      absl::StrReplaceAll(argument.substr(2, equals - 2), {{"-", "_"}});
  absl::string_view negated = name;
  if (absl::ConsumePrefix(&negated, "no_")) {
    const FlagSpec* const flag = FindFlag(negated);
    if (flag != nullptr && flag->is_switch()) {
      name = absl::StrCat("no", negated);
    }
  }
  return absl::StrCat(
      "--", name,
      equals == absl::string_view::npos ? "" : argument.substr(equals));
}

const FlagSpec* FindLetter(char letter) {
  for (const FlagSpec* const flag : AllFlags()) {
    if (flag->letter == letter) return flag;
  }
  return nullptr;
}

// Appends the flags of "-qo" or "-ojson" to `normal`. `*takes_next`: whether
// the value of the last one is the next argument.
absl::Status AppendLetters(absl::string_view argument, Arguments& normal,
                           bool* takes_next) {
  absl::string_view letters = argument.substr(1);
  *takes_next = false;
  // One dash too few, and not a letter with its value.
  const std::string name =
      absl::StrReplaceAll(letters.substr(0, letters.find('=')), {{"-", "_"}});
  const bool is_long = name.size() > 1 && FindFlag(name) != nullptr;
  while (!letters.empty()) {
    const FlagSpec* const flag = FindLetter(letters.front());
    if (flag == nullptr || is_long) {
      return absl::InvalidArgumentError(absl::StrCat(
          argument, ": unknown flag; see --help",
          is_long ? absl::StrCat(". Did you mean --", name, "?") : ""));
    }
    letters.remove_prefix(1);
    normal.push_back(absl::StrCat("--", flag->name));
    if (flag->is_switch()) continue;
    if (letters.empty()) {
      *takes_next = true;
    } else {
      absl::ConsumePrefix(&letters, "=");
      absl::StrAppend(&normal.back(), "=", letters);
      return absl::OkStatus();
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Arguments> NormalizeSpelling(const Arguments& arguments) {
  Arguments normal;
  bool is_value = false;
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (is_value) {
      is_value = false;
      normal.push_back(argument);
    } else if (argument == "--") {
      normal.insert(normal.end(),
                    arguments.begin() + static_cast<std::ptrdiff_t>(i),
                    arguments.end());
      break;
    } else if (absl::StartsWith(argument, "--")) {
      normal.push_back(NormalLong(argument));
      is_value = Read(normal.back()).takes_next;
    } else if (absl::StartsWith(argument, "-") && argument != "-") {
      if (absl::Status status = AppendLetters(argument, normal, &is_value);
          !status.ok()) {
        return status;
      }
    } else {
      normal.push_back(argument);
    }
  }
  return normal;
}

Arguments OperandsOf(const Arguments& normal) {
  Arguments operands;
  for (size_t i = 0; i < normal.size(); ++i) {
    if (normal[i] == "--") {
      operands.insert(operands.end(),
                      normal.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                      normal.end());
      break;
    }
    if (!absl::StartsWith(normal[i], "--")) {
      operands.push_back(normal[i]);
    } else if (Read(normal[i]).takes_next) {
      ++i;
    }
  }
  return operands;
}

Arguments FlagNamesIn(const Arguments& normal) {
  Arguments names;
  for (size_t i = 0; i < normal.size() && normal[i] != "--"; ++i) {
    if (!absl::StartsWith(normal[i], "--")) continue;
    const auto [flag, takes_next] = Read(normal[i]);
    names.push_back(flag == nullptr
                        ? normal[i].substr(2, normal[i].find('=') - 2)
                        : flag->name);
    if (takes_next) ++i;
  }
  return names;
}

absl::Status CheckFlagsOf(const CommandSpec& command, const Arguments& normal) {
  for (const std::string& name : FlagNamesIn(normal)) {
    const FlagSpec* const flag = FindFlag(name);
    if (flag == nullptr) return UnknownFlag(name, FlagsOf(command));
    if (!HasFlag(command, *flag)) {
      return absl::InvalidArgumentError(
          absl::StrCat("--", name, " is a flag of ", CommandsWith(*flag),
                       "; see wriftctl ", command.name, " --help"));
    }
  }
  return absl::OkStatus();
}

absl::Status UnknownFlag(absl::string_view name,
                         const std::vector<const FlagSpec*>& known) {
  Arguments names;
  for (const FlagSpec* const flag : known) names.emplace_back(flag->name);
  const std::string nearest = NearestName(name, names);
  return absl::InvalidArgumentError(absl::StrCat(
      "--", name, ": unknown flag; see --help",
      nearest.empty() ? "" : absl::StrCat(". Did you mean --", nearest, "?")));
}

}  // namespace wriftai::client
