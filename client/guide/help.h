#ifndef WRIFTAI_CLIENT_GUIDE_HELP_H_
#define WRIFTAI_CLIENT_GUIDE_HELP_H_

#include <string>

#include "client/table/command_table.h"

// The texts of --help, from the tables of commands and flags. Lines have at
// most 80 columns. All functions: any thread.

namespace wriftai::client {

std::string GeneralHelp();
std::string HelpOf(const CommandSpec& command);

// "wriftctl create MODEL [KEY=VALUE...] [flags]"
std::string UsageOf(const CommandSpec& command);

// "-o, --output FORMAT"; "--wait" for a switch without a letter.
std::string SyntaxOf(const FlagSpec& flag);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_GUIDE_HELP_H_
