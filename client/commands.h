#ifndef WRIFTAI_CLIENT_COMMANDS_H_
#define WRIFTAI_CLIENT_COMMANDS_H_

#include "client/command.h"
#include "client/host.h"

namespace wriftai::client {

// Does what `invocation` asks for and returns the exit status. Blocks until
// that is done, its deadline has passed or a signal came.
int RunInvocation(const Invocation& invocation, Host& host);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_COMMANDS_H_
