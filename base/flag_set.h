#ifndef WRIFTAI_BASE_FLAG_SET_H_
#define WRIFTAI_BASE_FLAG_SET_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/secret.h"

namespace wriftai {

// The value of a flag in use, for people. A value.
struct Setting {
  std::string name;   // "--max_wait", or a variable without a flag.
  std::string value;  // "[redacted]" for a secret.
  bool is_default = true;
  std::string default_value;
  // "default", "command line", or the variable that set it.
  std::string source;
};

// A program's flags: names bound to variables. They are read from the
// environment, then from the command line, which takes precedence. absl::flags
// does not fit: it uses globals, exits with status 1, and does not read the
// environment.
//
// Threads: one. Owns: names and help; the variables must outlive Parse() and
// hold their defaults before Add(). Fails: only Parse() and CheckVariables().
class FlagSet {
 public:
  // Looks up an environment variable; nullptr if unset. Such as getenv().
  using Environment = std::function<const char*(const char* name)>;

  // With `environment_prefix` "GATEWAY_", the flag `--max_wait` is also the
  // variable GATEWAY_MAX_WAIT. If it is empty, only flags are read.
  FlagSet(std::string program, std::string summary,
          std::string environment_prefix);

  // `name`: without dashes. `help`: meaning, unit, range; Help() adds the
  // default. `extra_environment`: another variable with the same meaning.
  void Add(std::string name, std::string* value, std::string help,
           std::string extra_environment = "");
  void Add(std::string name, bool* value, std::string help);
  void Add(std::string name, int64_t* value, int64_t min, int64_t max,
           std::string help);
  void Add(std::string name, double* value, double min, double max,
           std::string help);
  void Add(std::string name, absl::Duration* value, absl::Duration min,
           absl::Duration max, std::string help);
  // An IsHostPort() to listen on. An empty default means "off".
  void AddHostPort(std::string name, std::string* value, std::string help);
  // Any other type: `set` parses; its error says what was expected. `text`: the
  // value for Settings(); without it, they have only kHidden.
  using Setter = std::function<absl::Status(absl::string_view text)>;
  using Text = std::function<std::string()>;
  void Add(std::string name, Setter set, std::string help,
           std::string default_text, std::string extra_environment = "");
  void Add(std::string name, Setter set, Text text, std::string help,
           std::string default_text, std::string extra_environment = "") {
    Add(std::move(name), std::move(set), std::move(help),
        std::move(default_text), std::move(extra_environment));
    flags_.back().text = std::move(text);
  }

  // The value of a secret in Settings().
  static constexpr char kHidden[] = "[redacted]";

  // Declares a variable that the program reads in addition to its flags, for
  // `value`, which must outlive Settings(); null: not one of them.
  void AddVariable(std::string name, const Secret* value = nullptr);

  // Reads `arguments` (without the program's name): `--name=value`,
  // `--name value`, `--name` and `--noname` for a bool, `--` before positional
  // arguments. An empty environment variable counts as unset. Returns the
  // positional arguments in order. INVALID_ARGUMENT: one line with the flag or
  // variable and what was expected. It never contains the value of a secret.
  absl::StatusOr<std::vector<std::string>> Parse(
      const std::vector<std::string>& arguments,
      const Environment& environment);

  // Checks `set`, the names of all variables of the process. INVALID_ARGUMENT:
  // a variable has the prefix but is neither known nor an IsServiceLink(), or
  // resembles a known variable with another prefix. The message suggests the
  // nearest known one. Empty variables count as unset.
  absl::Status CheckVariables(const std::vector<std::string>& set,
                              const Environment& environment) const;

  // The names of all flags, without dashes, in the order of Add().
  std::vector<std::string> Names() const;

  // Whether the flag was set, on the command line or by a variable.
  bool WasGiven(absl::string_view name) const;

  // After Parse(): every flag and variable, in the order of Add(). Durations
  // and numbers in one form, however they were written. A secret's text never.
  std::vector<Setting> Settings() const;

  // After Parse(): valid but likely mistaken usage, one line each.
  const std::vector<std::string>& warnings() const { return warnings_; }

  // For --help: the summary, and every flag with its default.
  std::string Help() const;

  // Whether --help was given; the caller then prints Help() and exits with 0.
  bool help_requested() const { return help_requested_; }

  // The same for --version and VersionLine(). It has no variable, because
  // images often set SOMETHING_VERSION for other reasons.
  bool version_requested() const { return version_requested_; }

 private:
  struct Flag {
    std::string name;
    std::string help;
    std::string default_text;
    std::string extra_environment;
    bool is_bool = false;
    Setter set;
    Text text;  // The value in use. Null: hidden.
    bool given = false;
    std::string source = "default";
    std::optional<std::string> on_command_line;  // Its value.
  };

  struct Variable {
    std::string name;
    const Secret* value;
  };

  static absl::Status Set(absl::string_view text, std::string source,
                          Flag& flag);
  Flag* Find(absl::string_view name);
  std::vector<std::string> VariablesOf(const Flag& flag) const;
  absl::Status UnknownFlag(absl::string_view name) const;
  absl::Status ReadEnvironment(const Environment& environment);

  const std::string program_;
  const std::string summary_;
  const std::string environment_prefix_;
  std::vector<Flag> flags_;
  std::vector<Variable> variables_;
  std::vector<std::string> warnings_;
  bool help_requested_ = false;
  bool version_requested_ = false;
};

// The names of all environment variables of the process.
std::vector<std::string> VariablesFromMain(char** environment);

// The arguments of main() without the program's name.
std::vector<std::string> ArgumentsFromMain(int argc, char** argv);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_FLAG_SET_H_
