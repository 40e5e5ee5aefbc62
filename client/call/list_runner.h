#ifndef WRIFTAI_CLIENT_CALL_LIST_RUNNER_H_
#define WRIFTAI_CLIENT_CALL_LIST_RUNNER_H_

#include "client/call/call_runner.h"
#include "client/command.h"
#include "client/output/printer.h"

namespace wriftai::client {

// Runs `wriftctl list`: one page, or with --limit or --all as many as it takes.
// Returns the exit status.
int RunList(const ListCommand& command, CallRunner& calls, Printer& printer);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_CALL_LIST_RUNNER_H_
