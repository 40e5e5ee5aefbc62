#ifndef WRIFTAI_BASE_SPELLING_H_
#define WRIFTAI_BASE_SPELLING_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace wriftai {

// How many characters have to be inserted, left out or replaced to make `b` out
// of `a`. Both short: it takes time for each pair of characters.
size_t EditDistance(absl::string_view a, absl::string_view b);

// The one of `known` that `name` most likely is a misspelling of; empty if none
// is near. Any thread.
std::string NearestName(absl::string_view name,
                        const std::vector<std::string>& known);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_SPELLING_H_
