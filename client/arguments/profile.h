#ifndef WRIFTAI_CLIENT_ARGUMENTS_PROFILE_H_
#define WRIFTAI_CLIENT_ARGUMENTS_PROFILE_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "base/flag_set.h"
#include "client/table/flags.h"

namespace wriftai::client {

struct ProfileChoice {
  std::string name;  // Empty: `default`, if the file has it.

  // Whether these come from a flag or a variable.
  bool address_given = false;
  bool token_file_given = false;
};

// Sets `flags` from a section of the configuration file, before flags and
// variables override them. A missing file is empty.
//
// The token of a profile is sent only to the profile's gateway: if another
// address is given, token_file is ignored. The file must belong to the user or
// to root, and nobody else may be able to write it, because a changed address
// would receive the token. A token in the file itself is an error.
//
// Appends to `warnings` one line for each token file that others can read.
// INVALID_ARGUMENT: one line, with the file, its line and what was expected;
// never a value. Any thread.
absl::Status ApplyProfile(const ProfileChoice& choice,
                          const FlagSet::Environment& environment, Flags& flags,
                          std::vector<std::string>& warnings);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_ARGUMENTS_PROFILE_H_
