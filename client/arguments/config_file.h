#ifndef WRIFTAI_CLIENT_ARGUMENTS_CONFIG_FILE_H_
#define WRIFTAI_CLIENT_ARGUMENTS_CONFIG_FILE_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// The syntax of the configuration file: sections of settings,
//
//   # A comment.
//   [production]
//   address = gateway.example.com:443
//
// The last of two equal settings is an error, and so is a setting before the
// first section. Any thread.

namespace wriftai::client {

struct ConfigSetting {
  std::string name;  // With underscores.
  std::string value;
  int line = 0;
};

struct ConfigSection {
  std::string name;
  std::vector<ConfigSetting> settings;
};

// INVALID_ARGUMENT: "line 3: expected …". Never quotes a value.
absl::StatusOr<std::vector<ConfigSection>> ParseConfig(absl::string_view text);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_ARGUMENTS_CONFIG_FILE_H_
