#ifndef WRIFTAI_BASE_UUID_H_
#define WRIFTAI_BASE_UUID_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace wriftai {

// `text` in lower case if it is a UUID in its 8-4-4-4-12 text form (RFC 9562,
// section 4), which has 36 bytes; otherwise nullopt. Any thread.
std::optional<std::string> UuidFromText(absl::string_view text);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_UUID_H_
