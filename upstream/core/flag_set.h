#ifndef WRIFTAI_UPSTREAM_CORE_FLAG_SET_H_
#define WRIFTAI_UPSTREAM_CORE_FLAG_SET_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "upstream/core/secret.h"

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

  // Reads `arguments` (without the program's name): `--name=value`,
  // `--name value`, `--name` and `--noname` for a bool, `--` before what is no
  // flag. An empty environment variable counts as unset. Returns what is no
  // flag, in order. INVALID_ARGUMENT names the flag or variable and what was
  // wanted, in one line; the value of a secret is never in it.
  absl::StatusOr<std::vector<std::string>> Parse(
      const std::vector<std::string>& arguments,
      const Environment& environment);

  // For --help: the summary, and every flag with its default.
  std::string Help() const;

  // Whether --help was given; the caller then prints Help() and exits with 0.
  bool help_wanted() const { return help_wanted_; }

  // The same for --version and VersionLine(). It is no flag and no variable:
  // images often set SOMETHING_VERSION for other reasons.
  bool version_wanted() const { return version_wanted_; }

 private:
  struct Flag {
    std::string name;
    std::string help;
    std::string default_text;
    std::string extra_environment;
    bool is_bool = false;
    Setter set;
  };

  Flag* Find(absl::string_view name);
  absl::Status ReadEnvironment(const Environment& environment);

  const std::string program_;
  const std::string summary_;
  const std::string environment_prefix_;
  std::vector<Flag> flags_;
  bool help_wanted_ = false;
  bool version_wanted_ = false;
};

// The arguments of main() without the program's name.
std::vector<std::string> ArgumentsFromMain(int argc, char** argv);

}  // namespace wriftai

#endif  // WRIFTAI_UPSTREAM_CORE_FLAG_SET_H_
