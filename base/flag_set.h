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

// A program's flags: names bound to variables, read from the environment and
// then from the command line, which wins. absl::flags would do, were it not
// for its globals, its exit status of 1, and its ignorance of the environment.
//
// Threads: one. Owns: names and help; the variables must outlive Parse(), and
// hold their defaults before they are added. Fails: Parse() alone.
class FlagSet {
 public:
  // Looks an environment variable up; nullptr where it is not set. getenv().
  using Environment = std::function<const char*(const char* name)>;

  // `environment_prefix`, such as "GATEWAY_": flag `--max_wait` then is also
  // the variable GATEWAY_MAX_WAIT. Empty: flags only.
  FlagSet(std::string program, std::string summary,
          std::string environment_prefix);

  // `name` without dashes. `help`: meaning, unit, range; the default is added.
  // `extra_environment`: one more variable of the same meaning.
  void Add(std::string name, std::string* value, std::string help,
           std::string extra_environment = "");
  void Add(std::string name, bool* value, std::string help);
  void Add(std::string name, int64_t* value, int64_t least, int64_t most,
           std::string help);
  void Add(std::string name, double* value, double least, double most,
           std::string help);
  void Add(std::string name, absl::Duration* value, absl::Duration least,
           absl::Duration most, std::string help);
  // Any other type: `set` parses, and says in its status what was wanted.
  using Setter = std::function<absl::Status(absl::string_view text)>;
  void Add(std::string name, Setter set, std::string help,
           std::string default_text, std::string extra_environment = "");

  // A variable that the program reads beside those of its flags.
  void AddVariable(std::string name) { variables_.push_back(std::move(name)); }

  // Reads `arguments` (without the program's name): `--name=value`,
  // `--name value`, `--name` and `--noname` for a bool, `--` before what is no
  // flag. An empty environment variable counts as unset. Returns what is no
  // flag, in order. INVALID_ARGUMENT names the flag or variable and what was
  // wanted, in one line; the value of a secret is never in it.
  absl::StatusOr<std::vector<std::string>> Parse(
      const std::vector<std::string>& arguments,
      const Environment& environment);

  // INVALID_ARGUMENT: one of the variables `set`, the names of all, starts with
  // the prefix and is neither known nor a link to a Service (see
  // IsServiceLink()), or is nearly a known one with another prefix. The message
  // names the nearest one. Empty variables count as unset.
  absl::Status CheckVariables(const std::vector<std::string>& set,
                              const Environment& environment) const;

  // Whether the flag of that name was given, by itself or by a variable.
  bool WasGiven(absl::string_view name) const;

  // After Parse(): what can be meant, and is likely a mistake, a line each.
  const std::vector<std::string>& warnings() const { return warnings_; }

  // For --help: the summary, and every flag with its default.
  std::string Help() const;

  // Whether --help was given; the caller then prints Help() and exits with 0.
  bool help_requested() const { return help_requested_; }

  // The same for --version and VersionLine(). It is no flag and no variable:
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
    bool given = false;
    std::optional<std::string> on_command_line;  // The value there.
  };

  Flag* Find(absl::string_view name);
  std::vector<std::string> VariablesOf(const Flag& flag) const;
  absl::Status UnknownFlag(absl::string_view name) const;
  absl::Status ReadEnvironment(const Environment& environment);

  const std::string program_;
  const std::string summary_;
  const std::string environment_prefix_;
  std::vector<Flag> flags_;
  std::vector<std::string> variables_;
  std::vector<std::string> warnings_;
  bool help_requested_ = false;
  bool version_requested_ = false;
};

// The names of all variables of the process, as getenv() knows them.
std::vector<std::string> VariablesFromMain(char** environment);

// The arguments of main() without the program's name.
std::vector<std::string> ArgumentsFromMain(int argc, char** argv);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_FLAG_SET_H_
