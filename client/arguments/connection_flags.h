#ifndef WRIFTAI_CLIENT_ARGUMENTS_CONNECTION_FLAGS_H_
#define WRIFTAI_CLIENT_ARGUMENTS_CONNECTION_FLAGS_H_

#include "absl/status/statusor.h"
#include "base/flag_set.h"
#include "client/command.h"
#include "client/table/flags.h"

namespace wriftai::client {

// Reads the certificates and the token that the flags name. INVALID_ARGUMENT
// has one line for the user, which never quotes a secret. Any thread.
absl::StatusOr<ConnectionOptions> ConnectionFromFlags(
    const Flags& flags, const FlagSet::Environment& environment);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_ARGUMENTS_CONNECTION_FLAGS_H_
