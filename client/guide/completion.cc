#include "client/guide/completion.h"

namespace wriftai::client {

std::string CompletionScript(absl::string_view shell) {
  if (shell == "bash") return BashCompletion();
  return shell == "zsh" ? ZshCompletion() : FishCompletion();
}

}  // namespace wriftai::client
