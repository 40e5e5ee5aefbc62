#ifndef WRIFTAI_CLIENT_ARGUMENTS_INPUT_H_
#define WRIFTAI_CLIENT_ARGUMENTS_INPUT_H_

#include <istream>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

// The input of a create, as JSON text. All functions: any thread; they fail
// with INVALID_ARGUMENT, which names the flag or the key and what was expected.

namespace wriftai::client {

// `argument`: JSON text, "@FILE", or "-" or "@-" for `standard_input`. Returns
// the text byte for byte.
absl::StatusOr<std::string> InputFromFlag(absl::string_view argument,
                                          std::istream& standard_input);

// An object of the `fields`, in their order: "KEY=TEXT", "KEY=@FILE",
// "KEY:=JSON", "KEY:=@FILE".
absl::StatusOr<std::string> InputFromFields(
    const std::vector<std::string>& fields, std::istream& standard_input);

}  // namespace wriftai::client

#endif  // WRIFTAI_CLIENT_ARGUMENTS_INPUT_H_
