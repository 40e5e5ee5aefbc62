#ifndef WRIFTAI_BASE_SPELLING_H_
#define WRIFTAI_BASE_SPELLING_H_

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace wriftai {

// The Levenshtein distance of `a` and `b`. Takes time proportional to the
// product of their sizes.
size_t EditDistance(absl::string_view a, absl::string_view b);

// The element of `known` that `name` most likely misspells; empty if none is
// near. Any thread.
std::string NearestName(absl::string_view name,
                        const std::vector<std::string>& known);

}  // namespace wriftai

#endif  // WRIFTAI_BASE_SPELLING_H_
