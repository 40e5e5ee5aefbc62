#ifndef WRIFTAI_CLIENT_TABLE_FLAG_SPEC_H_
#define WRIFTAI_CLIENT_TABLE_FLAG_SPEC_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "client/table/flags.h"

namespace wriftai::client {

// One flag. Parsing, help, completion and the man page all read these, so they
// cannot differ. Constant data; any thread.
struct FlagSpec {
  using Setter = absl::Status (*)(Flags& flags, absl::string_view text);

  const char* name;  // Without dashes, with underscores.

  // Exactly one is set: the variable of a switch, or what sets an option.
  bool Flags::*target;
  Setter set;

  // The name of an option's value in the help; null for a switch.
  const char* value;

  // "none", or what an option has if it is not given.
  const char* default_text;

  const char* help;

  char letter = '\0';             // `-o`; '\0' for none.
  const char* choices = nullptr;  // The values, separated by spaces.
  bool names_file = false;
  bool in_profile = false;  // Allowed in the configuration file.

  constexpr bool is_switch() const { return target != nullptr; }

  constexpr FlagSpec Letter(char of_flag) const {
    FlagSpec spec = *this;
    spec.letter = of_flag;
    return spec;
  }
  constexpr FlagSpec OneOf(const char* values) const {
    FlagSpec spec = *this;
    spec.choices = values;
    return spec;
  }
  constexpr FlagSpec File() const {
    FlagSpec spec = *this;
    spec.names_file = true;
    return spec;
  }
  constexpr FlagSpec InProfile() const {
    FlagSpec spec = *this;
    spec.in_profile = true;
    return spec;
  }
};

constexpr FlagSpec Switch(const char* name, bool Flags::*target,
                          const char* help) {
  return {name, target, nullptr, nullptr, nullptr, help};
}

constexpr FlagSpec Option(const char* name, const char* value,
                          FlagSpec::Setter set, const char* default_text,
                          const char* help) {
  return {name, nullptr, set, value, default_text, help};
}

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_TABLE_FLAG_SPEC_H_
