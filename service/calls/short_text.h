#ifndef WRIFTAI_SERVICE_CALLS_SHORT_TEXT_H_
#define WRIFTAI_SERVICE_CALLS_SHORT_TEXT_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace wriftai {

// That of the longest request id, and of a sentence.
inline constexpr size_t kShortTextBytes = 200;

// What comes from outside as it may be kept and shown: the first
// kShortTextBytes, and "?" for each byte that is not printable ASCII. Pure; any
// thread.
std::string ShortText(absl::string_view text);

}  // namespace wriftai

#endif  // WRIFTAI_SERVICE_CALLS_SHORT_TEXT_H_
