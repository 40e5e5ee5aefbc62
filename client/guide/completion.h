#ifndef WRIFTAI_CLIENT_GUIDE_COMPLETION_H_
#define WRIFTAI_CLIENT_GUIDE_COMPLETION_H_

#include <string>

#include "absl/strings/string_view.h"

namespace wriftai::client {

// The completion script of `shell`: bash, zsh or fish. It is made from the
// tables of commands and flags, and calls nothing. Any thread.
std::string CompletionScript(absl::string_view shell);

std::string BashCompletion();
std::string ZshCompletion();
std::string FishCompletion();

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_GUIDE_COMPLETION_H_
