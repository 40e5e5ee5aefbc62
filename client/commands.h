#ifndef WRIFTAI_CLIENT_COMMANDS_H_
#define WRIFTAI_CLIENT_COMMANDS_H_

#include "client/command.h"
#include "client/host.h"

namespace wriftai::client {

// Runs the command of `invocation` and returns the exit status. Blocks until
// it finishes, its deadline expires or a signal arrives.
int RunInvocation(const Invocation& invocation, Host& host);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_COMMANDS_H_
