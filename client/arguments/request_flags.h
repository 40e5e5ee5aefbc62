#ifndef WRIFTAI_CLIENT_ARGUMENTS_REQUEST_FLAGS_H_
#define WRIFTAI_CLIENT_ARGUMENTS_REQUEST_FLAGS_H_

#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "client/command.h"
#include "client/table/flags.h"

namespace wriftai::client {

// Makes the request of the command `name`, which calls the gateway. Checks what
// needs no gateway: ids, UTF-8, JSON, flags that depend on each other. Reads
// the files that the flags name. `operands`: those that CommandSpec allows.
// INVALID_ARGUMENT has one line for the user. Any thread.
absl::StatusOr<Command> CommandFromFlags(absl::string_view name,
                                         const Flags& flags,
                                         std::vector<std::string> operands,
                                         std::istream& standard_input);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_ARGUMENTS_REQUEST_FLAGS_H_
