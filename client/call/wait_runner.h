#ifndef WRIFTAI_CLIENT_CALL_WAIT_RUNNER_H_
#define WRIFTAI_CLIENT_CALL_WAIT_RUNNER_H_

#include "client/call/call_runner.h"
#include "client/command.h"
#include "client/output/printer.h"

// Run `wriftctl wait` and `wriftctl create`. All functions return the exit
// status.

namespace wriftai::client {

int RunWait(const WaitCommand& command, CallRunner& calls, Printer& printer);

int RunCreate(const CreateCommand& command, CallRunner& calls,
              Printer& printer);

int RunCreateAndWait(const CreateCommand& command, CallRunner& calls,
                     Printer& printer);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_CALL_WAIT_RUNNER_H_
