#include "client/arguments/profile.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "base/small_file.h"
#include "base/spelling.h"
#include "client/arguments/config_file.h"
#include "client/arguments/usage_error.h"
#include "client/table/flag_table.h"

namespace wriftai::client {
namespace {

// Room for thousands of profiles.
constexpr size_t kMaxConfigBytes = size_t{1} << 20;

constexpr char kDefaultProfile[] = "default";
constexpr char kConfigVariable[] = "WRIFTCTL_CONFIG";

std::string Value(const FlagSet::Environment& environment, const char* name) {
  const char* const value = environment(name);
  return value == nullptr ? "" : value;
}

struct ConfigPath {
  std::string path;  // Empty if the environment has none.
  bool is_explicit = false;
};

ConfigPath FindConfig(const FlagSet::Environment& environment) {
  if (std::string path = Value(environment, kConfigVariable); !path.empty()) {
    return {std::move(path), true};
  }
  const std::string folder = Value(environment, "XDG_CONFIG_HOME");
  // The XDG specification has relative paths ignored.
  if (absl::StartsWith(folder, "/")) {
    return {absl::StrCat(folder, "/wriftctl/config")};
  }
  const std::string home = Value(environment, "HOME");
  if (home.empty()) return {};
  return {absl::StrCat(home, "/.config/wriftctl/config")};
}

// The text of the file. One that nobody asked for may be missing, or in a home
// folder that this user cannot read, as in containers.
absl::StatusOr<std::string> ReadConfig(const ConfigPath& config,
                                       bool profile_given) {
  const bool is_required = config.is_explicit || profile_given;
  if (config.path.empty() || config.path == "/dev/null" ||
      (!is_required && access(config.path.c_str(), R_OK) != 0)) {
    return std::string();
  }
  absl::StatusOr<std::string> text =
      ReadSmallFile(config.path, kMaxConfigBytes);
  if (text.ok()) return text;
  const std::string problem =
      absl::StrCat("cannot read ", config.path, ": ",
                   absl::IsNotFound(text.status()) ? "no such file"
                                                   : text.status().message());
  if (!is_required) return absl::InvalidArgumentError(problem);
  return UsageError(config.is_explicit ? kConfigVariable : "--profile",
                    problem);
}

// "~/x" is below the home folder, and "x" beside the configuration file.
std::string ResolvePath(absl::string_view path, const std::string& config_path,
                        const FlagSet::Environment& environment) {
  if (path.empty() || absl::StartsWith(path, "/")) return std::string(path);
  if (absl::ConsumePrefix(&path, "~/")) {
    return absl::StrCat(Value(environment, "HOME"), "/", path);
  }
  const size_t slash = config_path.rfind('/');
  return slash == std::string::npos
             ? std::string(path)
             : absl::StrCat(config_path.substr(0, slash), "/", path);
}

absl::Status CheckOwner(const std::string& path) {
  struct stat file = {};
  if (stat(path.c_str(), &file) != 0) return absl::OkStatus();
  if (file.st_uid != geteuid() && file.st_uid != 0) {
    return UsageError(path,
                      "belongs to another user, who could redirect "
                      "your token");
  }
  if ((file.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return UsageError(path,
                      absl::StrCat("other users can write it, and so "
                                   "redirect your token. Run: chmod go-w ",
                                   path));
  }
  return absl::OkStatus();
}

absl::Status UnknownSetting(const std::string& where, const std::string& name) {
  if (name == "token") {
    return UsageError(where,
                      "token is not allowed in this file: write the token to "
                      "a file of its own, and set token_file to its name");
  }
  std::vector<std::string> known;
  for (const FlagSpec* const flag : AllFlags()) {
    if (flag->in_profile) known.emplace_back(flag->name);
  }
  const std::string nearest = NearestName(name, known);
  return UsageError(where,
                    nearest.empty()
                        ? absl::StrCat(name, ": unknown setting; expected ",
                                       absl::StrJoin(known, ", "))
                        : absl::StrCat(name, ": unknown setting. Did you mean ",
                                       nearest, "?"));
}

absl::Status Set(const FlagSpec& spec, absl::string_view value, Flags& flags) {
  if (!spec.is_switch()) return spec.set(flags, value);
  if (value != "true" && value != "false") {
    return absl::InvalidArgumentError("expected true or false");
  }
  flags.*spec.target = value == "true";
  return absl::OkStatus();
}

void WarnIfReadable(const std::string& path,
                    std::vector<std::string>& warnings) {
  struct stat file = {};
  if (stat(path.c_str(), &file) == 0 &&
      (file.st_mode & (S_IRGRP | S_IROTH)) != 0) {
    warnings.push_back(absl::StrCat(
        path, ": other users can read this token. Run: chmod 600 ", path));
  }
}

absl::Status NoSuchProfile(const std::string& path,
                           const std::vector<ConfigSection>& sections,
                           const std::string& name) {
  std::vector<std::string> names;
  names.reserve(sections.size());
  for (const ConfigSection& section : sections) names.push_back(section.name);
  return UsageError("--profile",
                    absl::StrCat(path, " has no section [", name, "]",
                                 names.empty() ? "" : "; it has ",
                                 absl::StrJoin(names, ", ")));
}

}  // namespace

absl::Status ApplyProfile(const ProfileChoice& choice,
                          const FlagSet::Environment& environment, Flags& flags,
                          std::vector<std::string>& warnings) {
  const ConfigPath config = FindConfig(environment);
  const std::string& path = config.path;
  const absl::StatusOr<std::string> text =
      ReadConfig(config, !choice.name.empty());
  if (!text.ok()) return text.status();
  const absl::StatusOr<std::vector<ConfigSection>> sections =
      ParseConfig(*text);
  if (!sections.ok()) return UsageError(path, sections.status().message());
  const std::string name = choice.name.empty() ? kDefaultProfile : choice.name;
  const auto section = std::find_if(
      sections->begin(), sections->end(),
      [&](const ConfigSection& each) { return each.name == name; });
  if (section == sections->end()) {
    return choice.name.empty() ? absl::OkStatus()
                               : NoSuchProfile(path, *sections, name);
  }
  if (absl::Status status = CheckOwner(path); !status.ok()) return status;
  for (const ConfigSetting& setting : section->settings) {
    const std::string where = absl::StrCat(path, ": line ", setting.line);
    const FlagSpec* const spec = FindFlag(setting.name);
    if (spec == nullptr || !spec->in_profile) {
      return UnknownSetting(where, setting.name);
    }
    const std::string value =
        spec->names_file ? ResolvePath(setting.value, path, environment)
                         : setting.value;
    if (absl::Status status = Set(*spec, value, flags); !status.ok()) {
      return UsageError(where,
                        absl::StrCat(setting.name, ": ", status.message()));
    }
  }
  if (choice.address_given || choice.token_file_given) flags.token_file.clear();
  if (!flags.token_file.empty()) WarnIfReadable(flags.token_file, warnings);
  return absl::OkStatus();
}

}  // namespace wriftai::client
